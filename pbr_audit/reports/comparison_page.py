"""The page of a matched comparison: one file, no network, no script, for a small charity to publish."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from pbr_audit.compare import Comparison
from pbr_audit.drawings import data_uri, said
from pbr_audit.reports.comparison_shown import BalanceLine, CurvePoint, ResultLine, Shown
from pbr_audit.reports.comparison_words import (
    ANSWERS,
    Sentence,
    digits_of,
    gap,
    headline,
    limits,
    match,
    may_say,
    sentence,
    title,
    told,
)
from pbr_audit.reports.manifest import versions
from pbr_audit.reports.report import environment

# The Love plot in the picture's own units: where the scale begins, how long it is, and how high a line is.
LEFT: Final = 300
LONG: Final = 440
ROW: Final = 24
# The scale reaches at least to where a match is no match.
REACH: Final = 0.3
TICKS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0)
FULL: Final = 540


@dataclass(frozen=True)
class Dot:
    """One covariate of the Love plot: where its differences before and after stand; None: not shown."""

    name: str
    before: float | None
    after: float | None
    before_x: float
    after_x: float


@dataclass(frozen=True)
class Bar:
    """One stage of the funnel, for the treated: `length` in the picture's own units."""

    stage: str
    count: str
    length: int


def comparison_html(found: Comparison, figures: Shown) -> str:
    """Return the page's text; the same figures give the same text, and every value in it is escaped."""
    style = (files("pbr_audit.reports") / "templates" / "report.css").read_text(encoding="utf-8")
    words = found.settings.words
    can, cannot = may_say(found, figures)
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            style=style,
            style_digest=b64encode(sha256(style.encode()).digest()).decode(),
            name=found.cohort.dataset.name,
            version=versions()["pbr_audit"],
            words=words,
            settings=found.settings,
            counts=found.cohort.counts,
            figures=figures,
            headline=headline(found, figures),
            sentences=[sentence(line, found, figures.protection) for line in figures.results[1:]],
            can=can,
            cannot=cannot,
            match=match(found),
            remarks=found.remarks,
            covariates=list(found.cohort.covariates),
            dots=_dots(figures.balance),
            ticks=_ticks(figures.balance),
            bars=_bars(figures),
            rows=[_row(line, found, figures) for line in figures.results],
            checks=_checks(found, figures),
            curve=_curve(figures.curves, found),
            answers=ANSWERS,
        )
    )


def _row(line: ResultLine, found: Comparison, figures: Shown) -> dict[str, str]:
    """Return one line of the table of results, every figure with its unit."""
    words, digits = found.settings.words, digits_of(line, figures.protection)
    told_: Sentence = sentence(line, found, figures.protection)
    return {
        "title": told_.title,
        "answer": told_.answer,
        "pairs": "fewer than 10" if line.pairs is None else f"{line.pairs:,}",
        "treated": told(line.measure, line.treated, words, digits),
        "others": told(line.measure, line.others, words, digits),
        "difference": gap(line.measure, line.difference, words, digits),
        "limits": limits(line.measure, line.low, line.high, words, digits),
        "smallest": gap(line.measure, line.smallest, words, digits).lstrip("+"),
        "enough": "" if line.enough is None else f"{line.enough:,}",
    }


def _checks(found: Comparison, figures: Shown) -> list[dict[str, str]]:
    """Return the headline's difference told in other ways: before matching, and everybody weighted."""
    if not figures.results or figures.results[0].before_matching is None:
        return []
    first, words = figures.results[0], found.settings.words
    digits = digits_of(first, figures.protection)

    def line(
        how: str, middle: float | None, low: float | None, high: float | None, like: str
    ) -> dict[str, str]:
        return {
            "how": how,
            "difference": gap(first.measure, middle, words, digits),
            "limits": "" if low is None else limits(first.measure, low, high, words, digits),
            "like": like,
        }

    pairs = "" if first.pairs is None else f"{first.pairs:,}"
    return [
        line("matched pairs", first.difference, first.low, first.high, pairs),
        *(
            line(
                check.weights,
                check.difference,
                check.low,
                check.high,
                "" if check.like_people is None else f"{check.like_people:,}",
            )
            for check in figures.checks
            if check.measure == first.measure
        ),
        line("before matching", first.before_matching, first.before_low, first.before_high, ""),
    ]


def _reach(lines: Sequence[BalanceLine]) -> float:
    known = [
        abs(value) for line in lines for value in (line.difference_before, line.difference_after) if value
    ]
    return max([REACH, *known])


def _dots(lines: Sequence[BalanceLine]) -> list[Dot]:
    reach = _reach(lines)

    def place(value: float | None) -> float:
        return round(LEFT + LONG * min(abs(value or 0.0), reach) / reach, 1)

    return [
        Dot(
            line.name,
            line.difference_before,
            line.difference_after,
            place(line.difference_before),
            place(line.difference_after),
        )
        for line in lines
    ]


def _ticks(lines: Sequence[BalanceLine]) -> list[tuple[float, float]]:
    """Return the scale's marks and where they stand; those that would run into one another are left out."""
    reach = _reach(lines)
    ticks: list[tuple[float, float]] = [(0.0, LEFT)]
    for tick in TICKS:
        place = round(LEFT + LONG * tick / reach, 1)
        if tick <= reach and place - ticks[-1][1] >= ROW * 1.5:
            ticks.append((tick, place))
    return ticks


def _bars(figures: Shown) -> list[Bar]:
    most = max((line.treated or 0 for line in figures.funnel), default=0) or 1
    return [
        Bar(
            line.stage,
            "fewer than 10" if line.treated is None else f"{line.treated:,}",
            round(FULL * (line.treated or 0) / most),
        )
        for line in figures.funnel
    ]


def _curve(points: Sequence[CurvePoint], found: Comparison) -> dict[str, str] | None:
    """Return the curves as an image and in words."""
    if not points:
        return None
    words = found.settings.words
    names = {"programme": words.programme, "people like them": "people like them"}
    picture = {
        "kind": "lines",
        "x": sorted({point.day for point in points}),
        "series": {
            called: [point.without_event for point in points if point.group == group]
            for group, called in names.items()
        },
        "x_title": "days followed",
        "y_title": f"share without a {words.event}",
        "marked": words.programme,
        "steps": False,
    }
    return {"address": data_uri(picture), "words": said(picture)}


def measure_titles(found: Comparison) -> dict[str, str]:
    """Return what each measure is called, for the data's descriptor."""
    return {
        measure: title(measure, found.settings.words) for measure in ("rate", "frequency", "time", "value")
    }
