"""Options and small services that several commands share."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A date on the command line, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or fail with a sentence."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            self.fail("is not a date; write it as YYYY-MM-DD", param, ctx)


def dataset_argument(function: F) -> F:
    """Add the data set: a folder, or an audit.toml."""
    return click.argument("dataset", type=click.Path(path_type=Path))(function)


def pack_options(function: F) -> F:
    """Add the options that choose rules from outside."""
    function = click.option(
        "--trust-code", is_flag=True, help="Run Python rules in --rules DIR; read them first."
    )(function)
    return click.option(
        "--rules",
        "rules",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR",
        help="A folder of further rules, or the name of an installed pack (repeatable).",
    )(function)


def run_options(function: F) -> F:
    """Add the options of a run."""
    for option in (
        click.option(
            "--max-rejects",
            type=click.FloatRange(0, 1),
            default=0.01,
            show_default=True,
            metavar="SHARE",
            help="Exit 3 where more than this share of any table's rows is rejected.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(["info", "low", "medium", "high", "critical"]),
            help="Exit 1 where there are findings of this severity or above.",
        ),
        click.option(
            "--select", multiple=True, metavar="ID", help="Run only rules whose id begins so (repeatable)."
        ),
        click.option("--seed", type=int, default=0, show_default=True, help="Seed for rules that draw."),
        click.option("--as-of", type=Day(), help="The day of the audit; default: the latest submission."),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            default=Path("pbr-audit-output"),
            show_default=True,
            metavar="DIR",
            help="Where the report and the other files go.",
        ),
    ):
        function = option(function)
    return pack_options(function)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is going on, on standard error and on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield status.update
