"""The page on a calibration: how often each statistical rule asks about somebody who did nothing."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from pbr_audit.calibrate import Calibration, percent
from pbr_audit.drawings import data_uri, said
from pbr_audit.reports.calibration_text import LIMITS, how_made, not_calibrated, of_kind
from pbr_audit.reports.manifest import versions
from pbr_audit.reports.picture import Shown
from pbr_audit.reports.report import environment
from pbr_audit.rule import pictures


@dataclass(frozen=True)
class Kind:
    """The books of one kind: in words, and a row for each rule and the whole run, with its picture."""

    words: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    picture: Shown


def calibration_html(made: Calibration) -> str:
    """Return the page's text; the same calibration gives the same text, and every value in it is escaped."""
    style = (files("pbr_audit.reports") / "templates" / "report.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("calibration.html.j2")
        .render(
            style=style,
            style_digest=b64encode(sha256(style.encode()).digest()).decode(),
            made=made,
            version=versions()["pbr_audit"],
            how=tuple(how_made(made)),
            kinds=tuple(_kinds(made)),
            powers=_powers(made),
            curves=_curves(made),
            left=tuple(not_calibrated(made)),
            titles={rule.rule_id: rule.title for rule in made.rules},
            limits=LIMITS,
            percent=percent,
        )
    )


def _kinds(made: Calibration) -> Iterator[Kind]:
    for kind, whole in made.run:
        of_rules = [
            (rule.rule_id, rule.title, alarm)
            for rule in made.rules
            for name, alarm in rule.alarms
            if name == kind and alarm.asking.of
        ]
        told = [*of_rules, ("all", "The whole run", whole)]
        rows = tuple(
            (
                rule_id,
                title,
                (
                    f"{alarm.asking.of:,}",
                    f"{alarm.asking.count:,}",
                    percent(alarm.asking.share),
                    f"{percent(alarm.asking.limits[0])} to {percent(alarm.asking.limits[1])}",
                    percent(alarm.small.share),
                ),
            )
            for rule_id, title, alarm in told
        )
        picture = pictures.forest(
            [rule_id for rule_id, _, _ in told],
            [alarm.asking.share for _, _, alarm in told],
            [alarm.asking.limits[0] for _, _, alarm in told],
            [alarm.asking.limits[1] for _, _, alarm in told],
            reference=made.level,
            x="share of books in which somebody is asked about",
            marked=[rule_id == "all" for rule_id, _, _ in told],
        )
        yield Kind(of_kind(kind, made), rows, _shown(picture))


def _powers(made: Calibration) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple(
        (
            rule.rule_id,
            rule.title,
            tuple(
                f"{percent(power.found.share)} ({percent(power.found.limits[0])} to "
                f"{percent(power.found.limits[1])})"
                for power in rule.powers
            ),
        )
        for rule in made.rules
        if rule.powers
    )


def _curves(made: Calibration) -> Shown | None:
    rules = [rule for rule in made.rules if rule.powers]
    if not rules:
        return None
    series = {rule.rule_id: [power.found.share for power in rule.powers] for rule in rules}
    shares = [power.share for power in rules[0].powers]
    return _shown(pictures.lines(shares, series, "share of what a provider could have", "share found"))


def _shown(picture: str) -> Shown:
    drawn = json.loads(picture)
    return Shown(data_uri(drawn), said(drawn))
