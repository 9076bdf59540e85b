"""What a calibration says, in sentences to read aloud to whoever asks how often a test is wrong."""

from collections.abc import Iterator

from pbr_audit.calibrate import PERMUTED, Calibrated, Calibration, percent
from pbr_audit.reports.text_lines import wrapped

LIMITS = (
    "These books know chance, and how providers differ in these data; a difference that no column shows they "
    "do not know. Where a rule asks about nobody, that is no clearance: see what it would have found."
)


def calibration_text(made: Calibration) -> str:
    """Return what the terminal shows, at most 100 columns wide; ids of rules alone, nobody's data."""
    sections = [
        [made.name, f"{made.books:,} books of each kind, seed {made.seed}"],
        [wrapped("", sentence) for sentence in how_made(made)],
    ]
    for kind, alarm in made.run:
        heading = f"{of_kind(kind, made)}:"
        whole = f"The whole run asked about somebody in {alarm.asking.count:,} ({alarm.asking.words})."
        lines = [wrapped(f"  {rule.rule_id}  ", sentence) for rule, sentence in alarms(made, kind)]
        sections.append([wrapped("", heading), *lines, wrapped("  ", whole)])
    acting = [rule for rule in made.rules if rule.powers]
    if acting:
        heading = f"In {books(made.power_books)} in which {percent(made.acting)} of the providers acted:"
        lines = [wrapped(f"  {rule.rule_id}  ", found(rule)) for rule in acting]
        sections.append([wrapped("", heading), *lines])
    if left := list(not_calibrated(made)):
        sections.append(["Not calibrated", *(wrapped(f"  {rule_id}  ", why) for rule_id, why in left)])
    sections.append([wrapped("", LIMITS)])
    return "\n\n".join("\n".join(section) for section in sections)


def how_made(made: Calibration) -> Iterator[str]:
    """Yield sentences on how the books were made of the data."""
    if not made.units:
        yield "No table names a client with a provider: nobody can change places, and no book could be made."
        return
    yield (
        f"{made.units:,} clients and unregistered referrals of {made.providers:,} providers change places, "
        f"each with another of the same {', '.join(made.strata[:-1])} and {made.strata[-1]}, who takes over "
        "its provider and its adviser."
    )
    if made.alone:
        yield f"{made.alone:,} of them stay, because nobody else's provider is to be had there."
    if made.left_out:
        whom = (
            "1 provider, about whom a run asks, is"
            if made.left_out == 1
            else (f"{made.left_out:,} providers, about whom a run asks, are")
        )
        yield (
            f"{whom} left out where providers differ as they do here: nobody may be taken for honest whose "
            "figures are in question."
        )


def of_kind(kind: str, made: Calibration) -> str:
    """Return in words how the books of a kind were made."""
    number = books(made.books)
    if kind == PERMUTED:
        return f"In {number} in which nobody did anything, and providers differ by chance alone"
    return (
        f"In {number} in which nobody did anything, and {percent(made.keep)} of the clients stayed, so that "
        "half of the variance between providers is left"
    )


def alarms(made: Calibration, kind: str) -> Iterator[tuple[Calibrated, str]]:
    """Yield what each rule did in the books of one kind."""
    for rule in made.rules:
        for name, alarm in rule.alarms:
            if name != kind:
                continue
            asking = alarm.asking
            few = f" of the {asking.of:,} that it could judge" if asking.of < made.books else ""
            if not asking.of:
                yield rule, "could judge none of them."
                continue
            small = f"{percent(alarm.small.share)} of its p-values were 0.05 or less"
            yield rule, f"asked about somebody in {asking.count:,}{few} ({asking.words}); {small}."


def found(rule: Calibrated) -> str:
    """Say how often a provider that acted was found, by how much it did."""
    told = [
        f"{percent(power.found.share)} ({_limits(power.found.limits)}) of those that did it to "
        f"{percent(power.share)}"
        for power in rule.powers
    ]
    often = rule.seen_often
    least = (
        "none of these shares is found four times in five"
        if often is None
        else f"{percent(often)} is found four times in five"
    )
    return f"found {', '.join(told)}; {least}."


def not_calibrated(made: Calibration) -> Iterator[tuple[str, str]]:
    """Yield rule ids with why they were not asked, or nobody acted."""
    for rule in made.rules:
        if rule.why_not is not None:
            yield rule.rule_id, f"{rule.why_not}."
        elif not rule.powers and rule.why_no_power is not None:
            yield rule.rule_id, f"no power: {rule.why_no_power}."


def books(number: int) -> str:
    """Return `1 book`, `200 books`."""
    return f"{number:,} book{'' if number == 1 else 's'}"


def _limits(limits: tuple[float, float]) -> str:
    return f"{percent(limits[0])} to {percent(limits[1])}"
