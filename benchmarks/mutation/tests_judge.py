"""Asks tests, or the cases of all rules, of a copy of the program; runs in a process of its own.

Imports nothing of the program, so that what the process imports is the copy's.
"""

import os
import resource
import sys
from collections.abc import Sequence

MOST_CPU_SECONDS = 120
BY_TESTS, BY_CASES, BY_NOTHING = 11, 12, 13
# hypothesis is ready before pytest looks at it.
ASKED = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def judge(copy: str, tests: Sequence[str], first: bool) -> None:  # noqa: FBT001 - multiprocessing passes it on
    """End the process with what noticed that the program in `copy` is not as it should be.

    The `first` leaves its compiled code for the others, of which none may find that of another.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(copy)
    sys.path.insert(0, copy)
    sys.dont_write_bytecode = not first
    os._exit(_noticed(tests))


def _noticed(tests: Sequence[str]) -> int:
    import pytest  # noqa: PLC0415 - what forked this process has it ready

    # The same examples each time, and none remembered.
    os.environ["CI"] = "true"
    try:
        if tests:
            failed = pytest.main([*ASKED, *tests]) != 0
        else:
            from pbr_audit.cli import cli  # noqa: PLC0415 - the copy's

            failed = cli.main(args=["test"], standalone_mode=False) != 0
    except BaseException:  # noqa: BLE001 - a mutant may raise anything, and has been noticed then
        failed = True
    if not failed:
        return BY_NOTHING
    return BY_TESTS if tests else BY_CASES
