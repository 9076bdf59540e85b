"""A rule as the loader found it: header, page and functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from pbr_audit.rule.draws import Draws
from pbr_audit.rule.header import Params, Rule
from pbr_audit.rule.page import Page
from pbr_audit.rule.view import View

Flag = Callable[[View, Params], pl.LazyFrame]
Decide = Callable[[pl.DataFrame, Params], pl.DataFrame]
Members = Callable[[View, pl.LazyFrame, Params], pl.LazyFrame]

# Of a view, provider ids, a share, parameters and chance: the tables, had these done it.
Shift = Callable[[View, Sequence[str], float, Params, Draws], dict[str, pl.DataFrame]]


@dataclass(frozen=True, kw_only=True)
class LoadedRule:
    """One rule of a pack. Either `flag`, or `measure` with `decide` and perhaps `members`, is there.

    `origin` is the file's name as it is shown to people, `chapter` its folder, `digest` the sha256 of its
    bytes. `shift` says what the tables would be had some providers done what the rule looks for: calibration
    needs it, a run does not.
    """

    rule: Rule
    page: Page
    origin: str
    chapter: str
    digest: str
    flag: Flag | None = None
    measure: Flag | None = None
    decide: Decide | None = None
    members: Members | None = None
    shift: Shift | None = None
