"""Import pandera without pandas, which it would bring along wherever pandas happens to be installed.

Half a second of every start, for nothing: the tables are Polars'. This module is imported before any other of
the package; whoever needs pandas later (statsmodels does) imports it then as always.
"""

import sys
from importlib import import_module
from importlib.abc import MetaPathFinder

# Before the door is shut: Polars looks once which libraries there are.
import polars as pl

READY = bool(pl.__version__)


class _NoPandas(MetaPathFinder):
    """Say of pandas what Python says of a library that is not installed, as pandera expects to hear it."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse pandas; leave all else to the finders after this one."""
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


if "pandas" not in sys.modules and "pandera" not in sys.modules:
    _door = _NoPandas()
    sys.meta_path.insert(0, _door)
    try:
        import_module("pandera.polars")
    finally:
        sys.meta_path.remove(_door)
