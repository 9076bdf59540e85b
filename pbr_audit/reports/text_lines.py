"""Lines of what is printed, no wider than a terminal that has room for a table."""

from textwrap import fill

WIDTH = 100


def wrapped(indent: str, text: str) -> str:
    """Return `text` in lines below each other, the first after `indent`; words with hyphens stay whole."""
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
    )
