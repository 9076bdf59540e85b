"""From a condition's text to its tree: the words, then the SQL parser, then what it made of them."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import tree
from pbr_audit.expression.reading import Reader
from pbr_audit.expression.tree import shown
from pbr_audit.expression.words import check_words, too_deep


def read(text: str, where: str) -> tree.Node:
    """The condition in `text`, or a ConfigurationError that starts with `where` and names what is refused."""
    check_words(text, where)
    try:
        parsed = sqlglot.parse_one(text, into=exp.Condition)
    except RecursionError:
        raise too_deep(where) from None
    except ParseError as error:
        raise _unreadable(error, where) from None
    except Exception as error:  # noqa: BLE001 - a parser's slip on odd text is a refusal too
        message = f"{where}: the condition cannot be read ({type(error).__name__}); write it more simply"
        raise ConfigurationError(message) from None
    try:
        return Reader(where).read(parsed)
    except RecursionError:
        raise too_deep(where) from None


def _unreadable(error: ParseError, where: str) -> ConfigurationError:
    word = next((str(found["highlight"]) for found in error.errors if found.get("highlight")), "")
    if any("provided arguments" in str(found.get("description")) for found in error.errors):
        return ConfigurationError(
            f"{where}: a function is given too many arguments; take out those it does not know"
        )
    return ConfigurationError(
        f"{where}: the condition cannot be read as SQL at or before {shown(word)}; check what stands there"
    )
