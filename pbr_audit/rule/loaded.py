"""A rule as the loader found it: header, page and functions."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pbr_audit.rule.header import Params, Rule
from pbr_audit.rule.page import Page
from pbr_audit.rule.view import View

Flag = Callable[[View, Params], pl.LazyFrame]
Decide = Callable[[pl.DataFrame, Params], pl.DataFrame]
Members = Callable[[View, pl.LazyFrame, Params], pl.LazyFrame]


@dataclass(frozen=True, kw_only=True)
class LoadedRule:
    """One rule of a pack. Either `flag`, or `measure` with `decide` and perhaps `members`, is there.

    `origin` is the file's name as it is shown to people, `chapter` its folder, `digest` the sha256 of its
    bytes.
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
