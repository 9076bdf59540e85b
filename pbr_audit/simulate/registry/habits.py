"""How people live and how registrations are keyed in: the shares behind an invented register."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """Shares from 0 to 1; `slips` multiplies each rate of a typing error, `lost` each rate of an empty cell.

    Of people: `again` are registered twice or more; `twins`, `namesakes` (a child of its parent's name and
    sex) and `relatives` live with the one before them; `in_hostels` share an address, some a telephone and
    an appointee's account; `no_fixed_abode` have no address of their own; `lenders` use the account of
    somebody unrelated; `new_year` were born, or are said to have been, on 1 January.
    """

    again: float = 0.12
    twins: float = 0.006
    namesakes: float = 0.004
    relatives: float = 0.25
    in_hostels: float = 0.02
    no_fixed_abode: float = 0.015
    lenders: float = 0.004
    new_year: float = 0.012
    slips: float = 1.0
    lost: float = 1.0


USUAL = Habits()
