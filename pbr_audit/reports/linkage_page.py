"""The page on a linkage: what was found, whether it is right, what was never compared, what counts."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

import polars as pl

from pbr_audit.linkage.reach import Reach
from pbr_audit.reports.linkage_figures import Figures, Step, Weight
from pbr_audit.reports.manifest import versions
from pbr_audit.reports.report import environment

# The reliability curve's square, and the weights' bars, in the pictures' own units.
SIDE: Final = 380
LEFT: Final = 60
FLOOR: Final = 400
MIDDLE: Final = 520
LONGEST: Final = 200
GAP: Final = 6
FEW_KNOWN: Final = 30
# Names of the program's own values, as a reader would say them.
SAID: Final = (("__formal", " (nickname undone)"), ("__sound", " (by sound)"), ("__", ", "), ("_", " "))


@dataclass(frozen=True)
class Point:
    """A step of the reliability curve, where the picture has it."""

    said: float
    share: float
    x: float
    y: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Bar:
    """One level's bar."""

    level: str
    bits: float
    x: float
    width: float
    label_x: float
    anchor: str


@dataclass(frozen=True)
class Field:
    """The bars of one field, the level of most agreement first."""

    name: str
    bars: tuple[Bar, ...]


def linkage_html(name: str, figures: Figures, warnings: tuple[str, ...] = ()) -> str:
    """Return the page's text; the same figures give the same text, and every value in it is escaped."""
    style = (files("pbr_audit.reports") / "templates" / "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("linkage.html.j2")
        .render(
            style=style,
            style_digest=b64encode(sha256(style.encode()).digest()).decode(),
            name=name,
            version=versions()["pbr_audit"],
            f=figures,
            warnings=warnings,
            known=sum(step.known for step in figures.reliability),
            points=[_point(step) for step in figures.reliability if step.share is not None],
            reach=reach_sentences(figures),
            keys=_keys(figures),
            fields=_fields(figures.weights),
        )
    )


def reach_sentences(figures: Figures) -> tuple[str, ...]:
    """Say how many matches the keys must have missed, by the source's numbers and by the keys themselves."""
    if figures.reach_found.every_pair:
        return ("Every pair of registrations was compared, so that none was missed by not looking.",)
    said = []
    if known := figures.reach_known:
        share = known.reached / known.pairs
        few = ", too few to say much" if known.pairs < FEW_KNOWN else ""
        said.append(
            f"Of {known.pairs:,} pairs that the source gives one person number, "
            f"{known.reached:,} ({share:.1%}) agree in at least one key and were compared{few}."
        )
    return (*said, _estimated(figures.reach_found))


def _estimated(found: Reach) -> str:
    one, missed = found.by_keys[1] if len(found.by_keys) > 1 else 0, found.missed_at_least
    if not found.pairs:
        return "No pair reached the threshold, so nothing can be said of what the keys missed."
    if one <= 1:
        alone = "none" if one == 0 else "1"
        return (
            f"Of the {found.pairs:,} matches found, {alone} was found by one key alone: nothing shows that "
            "the keys missed any."
        )
    return (
        f"Of the {found.pairs:,} matches found, {one:,} were found by one key alone. Where so many hang by "
        f"one thread, at least {missed:,.0f} more will hang by none (Chao's lower bound): the keys reach at "
        f"most {found.pairs / (found.pairs + missed):.1%} of the matches."
    )


def _point(step: Step) -> Point:
    assert step.share is not None  # noqa: S101 - chosen so
    assert step.least is not None  # noqa: S101
    assert step.most is not None  # noqa: S101
    return Point(
        said=step.said,
        share=step.share,
        x=round(LEFT + SIDE * step.said, 1),
        y=round(FLOOR - SIDE * step.share, 1),
        top=round(FLOOR - SIDE * step.most, 1),
        bottom=round(FLOOR - SIDE * step.least, 1),
    )


def _keys(figures: Figures) -> list[dict[str, object]]:
    blocks = figures.blocks.join(figures.reach_found.keys, on="key", how="left", maintain_order="left")
    return blocks.with_columns(key=_in_words(pl.col("key"))).to_dicts()


def _in_words(key: pl.Expr) -> pl.Expr:
    """Return a key as a reader would say it; a kind before its column (`phone:mobile`) is left out."""
    words = key.str.replace_all(r"\w+:", "")
    for ours, theirs in SAID:
        words = words.str.replace_all(ours, theirs, literal=True)
    return words


def _fields(weights: tuple[tuple[str, tuple[Weight, ...]], ...]) -> list[Field]:
    largest = max((abs(weight.bits) for _, levels in weights for weight in levels), default=1.0) or 1.0
    names = pl.Series([name for name, _ in weights], dtype=pl.String).to_frame("name")
    said = names.select(_in_words(pl.col("name"))).to_series().to_list()
    return [
        Field(name, tuple(_bar(weight, largest) for weight in levels))
        for name, (_, levels) in zip(said, weights, strict=True)
    ]


def _bar(weight: Weight, largest: float) -> Bar:
    width = round(LONGEST * abs(weight.bits) / largest, 1)
    if weight.bits < 0:
        return Bar(weight.level, weight.bits, MIDDLE - width, width, MIDDLE + GAP, "start")
    return Bar(weight.level, weight.bits, MIDDLE, width, MIDDLE + width + GAP, "start")
