"""What can go wrong in a way that a user can mend: each error is a sentence and carries its exit code.

A message says what is wrong, where, and what to do. It never holds a cell's value: messages travel to
logs, screens and tickets where personal data has no business.
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line; where several apply, see `worst`."""

    RAN = 0
    FINDINGS = 1
    CONFIGURATION = 2
    NOT_FULLY_AUDITABLE = 3
    REGRESSED = 4
    RULE_FAILED = 5


# The order in which the codes win when several apply (the standard, "Exit codes").
PRECEDENCE = (
    Exit.CONFIGURATION,
    Exit.RULE_FAILED,
    Exit.REGRESSED,
    Exit.NOT_FULLY_AUDITABLE,
    Exit.FINDINGS,
    Exit.RAN,
)


def worst(codes: set[Exit]) -> Exit:
    """The code that the process ends with when all of `codes` apply; an empty set ran without remark."""
    return next((code for code in PRECEDENCE if code in codes), Exit.RAN)


class PbrAuditError(Exception):
    """The root of all errors that are shown to a user as one sentence, without a traceback."""

    exit_code: Exit = Exit.CONFIGURATION


class UsageError(PbrAuditError):
    """The command was called in a way that it cannot carry out."""


class ConfigurationError(PbrAuditError):
    """An `audit.toml`, a contract file or a fixture says something that cannot be meant."""


class RulePackError(PbrAuditError):
    """A rule pack does not load; nothing runs, because a pack with a hole would give a false clean bill."""


class InputError(PbrAuditError):
    """A file cannot be read as the table that it is given for."""
