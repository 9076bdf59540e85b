"""Work on several things at once, with as many threads as Polars has.

What is done to one thing must not depend on another: then the result is the same with one thread or many.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def at_once(work: Callable[[Thing], Result], things: Iterable[Thing]) -> list[Result]:
    """Return what `work` makes of each thing, in their order. The first error among them is raised."""
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return list(threads.map(work, things))
