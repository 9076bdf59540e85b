"""Where values heap by themselves around a round threshold: every how much, and in what bins to count them.

People leave at a quarter of a year, and a sum is put down as a round one, with nobody moving anything. The
heaps at other multiples of the number that makes the threshold round, its placebos, show how much. Values
between are counted in bins that begin at the threshold, so that each multiple lies at the edge of one.
"""

from dataclasses import dataclass

# By a word of the measure's name: the units looked for in turn, the bin's width, and how far short of the
# threshold a near-miss may lie: some three tenths of the unit, as four weeks are of a quarter of a year.
CALENDAR: dict[str, dict[float, tuple[float, float]]] = {
    "day": {91: (7, 28), 30: (5, 10), 28: (7, 7)},
    "week": {13: (1, 4), 4: (1, 1)},
    "month": {3: (1, 1)},
}
USUAL_WIDTH = {"day": 7.0, "week": 1.0, "month": 1.0}
# Without such a word, multiples up to two years of a quarter's days, or weeks, are taken for that.
UNNAMED = (("day", 91.0, 728.0), ("week", 13.0, 104.0))
# Of other measures: 1, 2 or 5 times a power of ten that goes into the threshold from twice to so many times.
LEADING, MOST_TIMES = (5, 2, 1), 20
BINS, NEAR = 10, 0.3
ROUNDING = 1e-9


@dataclass(frozen=True)
class Heaps:
    """The `unit` whose multiples fill, the `width` of a bin, and the `reach` short of the threshold.

    All in the measure's unit; unit and reach are whole numbers of bins.
    """

    unit: float
    width: float
    reach: float

    @property
    def unit_bins(self) -> int:
        """The unit in bins."""
        return round(self.unit / self.width)

    @property
    def reach_bins(self) -> int:
        """The reach in bins."""
        return round(self.reach / self.width)


def heaps_around(
    threshold: float, measure: str | None = None, *, unit: float = 0.0, reach: float = 0.0
) -> Heaps | None:
    """Return what heaps are to be looked for around `threshold`, or None where it is no multiple of one.

    `measure` is the name of what is measured: days, weeks and months are told by it. `unit` and `reach`
    above 0, in the measure's unit, stand in place of what follows from the threshold; a threshold that is
    no multiple of `unit` has no heaps to be compared with.
    """
    kind = _kind(threshold, measure)
    found = _given(unit, kind) if unit > 0 else _derived(threshold, kind)
    if found is None or not _multiple(threshold, found.unit):
        return None
    if reach > 0:
        bins = max(1, round(reach / found.width))
        return Heaps(found.unit, found.width, bins * found.width)
    return found


def _kind(threshold: float, measure: str | None) -> str | None:
    for word in CALENDAR:
        if measure is not None and word in measure.casefold():
            return word
    if measure is None:
        for word, unit, most in UNNAMED:
            if threshold <= most and _multiple(threshold, unit):
                return word
    return None


def _given(unit: float, kind: str | None) -> Heaps:
    if kind is not None and unit in CALENDAR[kind]:
        return Heaps(unit, *CALENDAR[kind][unit])
    width = unit / BINS
    if kind is not None and _multiple(unit, USUAL_WIDTH[kind]):
        width = USUAL_WIDTH[kind]
    return Heaps(unit, width, max(1, round(NEAR * unit / width)) * width)


def _derived(threshold: float, kind: str | None) -> Heaps | None:
    if kind is not None:
        fitting = [unit for unit in CALENDAR[kind] if _multiple(threshold, unit)]
        often = [unit for unit in fitting if threshold >= 2 * unit - ROUNDING]
        for unit in [*often, *fitting][:1]:
            return _given(unit, kind)
    around = _round_number(threshold)
    return None if around is None else _given(around, None)


def _round_number(threshold: float) -> float | None:
    """Return the largest round number that goes into the threshold at least twice, if it is not small."""
    if threshold <= 0:
        return None
    power = 10.0 ** (len(f"{threshold:.0f}") - 1)
    for scale in (power, power / 10, power / 100):
        for leading in LEADING:
            unit = leading * scale
            times = threshold / unit
            if 2 - ROUNDING <= times <= MOST_TIMES + ROUNDING and _multiple(threshold, unit):
                return unit
    return None


def _multiple(threshold: float, unit: float) -> bool:
    times = threshold / unit
    return times > 0.5 and abs(times - round(times)) < ROUNDING  # noqa: PLR2004 - at least once
