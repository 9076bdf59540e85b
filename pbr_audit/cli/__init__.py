"""The command line. It parses arguments, calls one function and chooses the exit code; it holds no logic.

Nothing heavy is imported here: each command is a module of its own, imported when it is asked for, and
imports what it needs when it runs.
"""

import sys
from importlib import import_module
from typing import Any

import click

import pbr_audit
from pbr_audit.cli.guard import guarded

COMMANDS = {
    "demo": "Invent a small contract and audit it, to see what a report looks like.",
    "look": "Say what a file holds, without a cell of it.",
    "start": "Look at files and write an audit.toml with guesses to check.",
    "import": "Turn data that others publish into a data set.",
    "run": "Audit a data set: claims in, queries out.",
    "calibrate": "Say how often the statistical rules are wrong on data like yours.",
    "validate": "Read and check a data set, and say what was accepted and rejected.",
    "coverage": "Say which rules a data set allows, and what the others lack.",
    "rules": "List the rules, or begin a new one.",
    "explain": "Print a rule's page, or what is behind a finding.",
    "test": "Run the rules' fixture cases and show each difference by finding.",
    "simulate": "Invent a contract with acts planted in it, and the truth about them.",
    "pseudonymise": "Put keyed hashes in the place of what tells a person.",
    "linkage": "Link registrations into people, and see how well that went.",
    "compare": "Hold people of a programme against people like them.",
    "schema": "Print the claims standard, or write its descriptors.",
}
# Where a command's module cannot bear its name: import is a word of Python's.
MODULES = {"import": "importing"}


class Lazy(click.Group):
    """A group whose commands are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a new user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"pbr_audit.cli.{MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command's one line without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Lazy,
    epilog="Exit codes: 0 ran; 1 findings at or above --fail-on; 2 usage, configuration or rule pack; "
    "3 input not fully auditable; 4 a rule regressed; 5 a rule failed.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(pbr_audit.__version__, prog_name="pbr-audit")
def cli() -> None:
    """Audit payment-by-results contracts.

    Claims come in from primes and subcontractors; what is wrong, improbable or gamed comes out as queries,
    each with its evidence, its innocent explanation and the amount at risk. A flag is a question.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; does not return."""
    sys.exit(guarded(lambda: cli.main(args=arguments, prog_name="pbr-audit", standalone_mode=False)))
