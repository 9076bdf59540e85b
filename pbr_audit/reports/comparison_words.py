"""What may be said of a matched comparison, and what may not: whole sentences for people who publish it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pbr_audit.compare import Comparison
from pbr_audit.dataset import Words
from pbr_audit.protecting import PEOPLE_FOR_TENTHS, Protection
from pbr_audit.reports.comparison_shown import ResultLine, Shown

NONE: Final = "not shown"
TOO_UNLIKE: Final = "The groups are too unlike for that to say anything."
ANSWERS: Final[Mapping[str, str]] = {
    "reduction": "Evidence for a reduction",
    "increase": "Evidence for an increase",
    "not enough": "Not enough evidence",
}
MATCHES: Final[Mapping[str, str]] = {
    "good": "The two groups are closely alike: no covariate differs by more than 0.05 standard deviations.",
    "fair": "The two groups are alike: no covariate differs by more than 0.1 standard deviations.",
    "amber": (
        "The two groups still differ in {worst} by more than 0.1 standard deviations: part of any difference "
        "in outcomes may come from that."
    ),
    "red": (
        "The two groups differ in {worst} by more than 0.25 standard deviations: they are not alike, and "
        "whatever difference there is in outcomes says nothing of {programme}."
    ),
}


@dataclass(frozen=True)
class Sentence:
    """A result told: its `title`, three-way `answer` in words and what stands behind it."""

    title: str
    answer: str
    text: str


def headline(found: Comparison, told: Shown) -> Sentence:
    """Return the answer that stands above the page: that of the first measure, which is the rate if known."""
    words = found.settings.words
    if not found.enough_pairs:
        return Sentence(
            "Result",
            "Too few people for a result",
            f"{_people(told.pairs)} pairs could be matched, and a result needs at least "
            f"{found.settings.least_pairs}. Nothing can be said of {words.programme} either way.",
        )
    if not told.results:
        return Sentence(
            "Result",
            "No outcome",
            "The files hold no outcome that is known of enough pairs; only the match is told.",
        )
    return sentence(told.results[0], found, told.protection)


def sentence(line: ResultLine, found: Comparison, protection: Protection) -> Sentence:
    """Return one measure's answer in words."""
    words, digits = found.settings.words, digits_of(line, protection)
    too_unlike = found.balance.match == "red"
    answer = "not enough" if too_unlike else line.answer
    if line.difference is None or line.low is None or line.high is None:
        text = "The figures would tell small numbers of people and are not shown."
        return Sentence(title(line.measure, words), ANSWERS[answer], text)
    seen = (
        f"{told(line.measure, line.treated, words, digits)} for {words.programme}, "
        f"{told(line.measure, line.others, words, digits)} for people like them: a difference of "
        f"{gap(line.measure, line.difference, words, digits)} (95 % interval "
        f"{limits(line.measure, line.low, line.high, words, digits)}), over {_people(line.pairs)} pairs."
    )
    why = TOO_UNLIKE if too_unlike else _enough(line, answer, words, digits)
    return Sentence(title(line.measure, words), ANSWERS[answer], f"{seen} {why}")


def _enough(line: ResultLine, answer: str, words: Words, digits: int) -> str:
    """Say what chance allows, and what sample would be enough."""
    if answer != "not enough":
        return "Chance alone would show so large a difference less than one time in twenty."
    smallest = gap(line.measure, line.smallest, words, digits).lstrip("+")
    said = (
        "Chance alone could show as much over so many pairs. That does not mean that there is none: "
        f"a true difference of {smallest} or more would have been found four times in five."
    )
    if line.enough is None:
        return said
    return f"{said} To show one as large as that seen, about {line.enough:,} pairs would be enough."


def title(measure: str, words: Words) -> str:
    """Return what a measure is called."""
    return {
        "rate": words.rate[:1].upper() + words.rate[1:],
        "frequency": f"{words.events[:1].upper()}{words.events[1:]} a person",
        "time": f"Days without a {words.event}",
        "value": words.value[:1].upper() + words.value[1:],
    }[measure]


def digits_of(line: ResultLine, protection: Protection) -> int:
    """Return how many digits a percentage is shown with."""
    return 0 if protection.on and (line.pairs or 0) < PEOPLE_FOR_TENTHS else 1


def told(measure: str, value: float | None, words: Words, digits: int) -> str:
    """Return a figure with its unit."""
    if value is None:
        return NONE
    if measure == "rate":
        return f"{value * 100:.{digits}f} %"
    if measure == "time":
        return f"{value:,.0f} days"
    if measure == "frequency":
        return f"{value:,.2f}"
    return f"{value:,.0f}{_unit(words)}" if abs(value) >= 100 else f"{value:,.3g}{_unit(words)}"  # noqa: PLR2004


def gap(measure: str, value: float | None, words: Words, digits: int) -> str:
    """Return a difference with its sign and its unit."""
    if value is None:
        return NONE
    text = told(measure, value, words, digits)
    if measure == "rate":
        text = text.replace(" %", " percentage points" if abs(value) != 0.01 else " percentage point")  # noqa: PLR2004
    return text if value <= 0 else f"+{text}"


def limits(measure: str, low: float | None, high: float | None, words: Words, digits: int) -> str:
    """Return the limits of an interval, their unit once."""
    if low is None or high is None:
        return NONE
    first, second = gap(measure, low, words, digits), gap(measure, high, words, digits)
    return f"{first.split(' ')[0]} to {second}"


def may_say(found: Comparison, told_: Shown) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what may be said of the headline, and what may not."""
    words, answer = found.settings.words, headline(found, told_).answer
    known = _listed(list(found.cohort.covariates))
    never = (
        f"That {words.programme} works, or does not, for everybody: these are people who could be matched.",
        (
            f"That nothing but {words.programme} can explain a difference: people were matched on {known}, "
            "and not on what nobody recorded."
        ),
    )
    if answer == ANSWERS["not enough"]:
        return (
            (f"There is not enough evidence to say whether {words.programme} changed it.",),
            (f"That {words.programme} had no effect.", *never),
        )
    if answer in ANSWERS.values():
        is_less = answer == ANSWERS["reduction"]
        return (
            (f"People of {words.programme} {_did(found, is_less=is_less)} than people like them.",),
            never,
        )
    return ((f"Too little is known to say anything of {words.programme}.",), never)


def _did(found: Comparison, *, is_less: bool) -> str:
    """Say what people did less or more, by the measure that the headline is of."""
    words = found.settings.words
    return {
        "rate": f"had a {'lower' if is_less else 'higher'} {words.rate}",
        "frequency": f"had {'fewer' if is_less else 'more'} {words.events}",
        "time": f"went {'less long' if is_less else 'longer'} without a {words.event}",
        "value": f"had a {'lower' if is_less else 'higher'} {words.value}",
    }[found.results[0].measure]


def match(found: Comparison) -> str:
    """Say how alike the groups are."""
    worst = found.balance.worst
    return MATCHES[found.balance.match].format(
        worst="nothing" if worst is None else worst.column.covariate, programme=found.settings.words.programme
    )


def _measure(found: Comparison) -> str:
    name = title(found.results[0].measure, found.settings.words) if found.results else "outcome"
    return name[:1].lower() + name[1:]


def _people(count: int | None) -> str:
    return "fewer than 10" if count is None else f"{count:,}"


def _unit(words: Words) -> str:
    return f" {words.unit}" if words.unit else ""


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
