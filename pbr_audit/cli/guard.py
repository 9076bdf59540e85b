"""The one handler at the top: errors become sentences, and no traceback shows what was in a cell."""

import traceback
from collections.abc import Callable
from pathlib import Path

import click

import pbr_audit
from pbr_audit.errors import Exit, PbrAuditError

INTERRUPTED = 130


def guarded(call: Callable[[], object]) -> int:
    """Return the exit code of `call`, having told the user of whatever it raised.

    Errors that a user can mend are sentences already. Of any other, only its type and the places in the
    code are shown: the texts of Polars, pandera and Python may hold cells' values.
    """
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - a panic in Polars is no Exception
        return _told(error)
    return result if isinstance(result, int) else int(Exit.RAN)


def _told(error: BaseException) -> int:
    """Tell the user of `error` and return the code to end with."""
    code = int(Exit.CONFIGURATION)
    match error:
        case PbrAuditError():
            _tell(str(error))
            code = int(error.exit_code)
        case click.exceptions.Exit():
            code = error.exit_code
        case click.ClickException():
            error.show()
        case KeyboardInterrupt() | click.Abort():
            _tell("interrupted; files that were being written have been left as they were")
            code = INTERRUPTED
        case BrokenPipeError() | SystemExit():
            code = int(Exit.RAN)  # whoever reads our output has seen enough; click turns that into SystemExit
        case OSError():
            _tell(f"{_name(error.filename)}{error.strerror or type(error).__name__}")
        case _:
            _tell_internal(error)
    return code


def _name(filename: object) -> str:
    return f"{filename}: " if isinstance(filename, str) else ""


def _tell(text: str) -> None:
    click.echo(f"pbr-audit: {text}", err=True)


def _tell_internal(error: BaseException) -> None:
    _tell(
        f"an error inside the program ({type(error).__name__}); nothing of the data is shown here. "
        "Please report these lines:"
    )
    root = Path(pbr_audit.__file__).parent.parent
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        click.echo(f"  {shown} line {frame.lineno} in {frame.name}", err=True)
