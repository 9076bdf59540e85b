"""The families of planted acts, in the order in which they choose their clients: the choosiest first."""

from pbr_audit.simulate.families.codes import unknown_codes
from pbr_audit.simulate.families.dates import (
    impossible_order,
    late_submission,
    outside_contract,
    outside_window,
)
from pbr_audit.simulate.families.evidence import no_evidence, shared_evidence
from pbr_audit.simulate.families.family import Family
from pbr_audit.simulate.families.ineligible import after_death, after_leaving, away
from pbr_audit.simulate.families.measures import below_threshold
from pbr_audit.simulate.families.order import missing_prerequisite, once_too_often
from pbr_audit.simulate.families.period_end import period_end
from pbr_audit.simulate.families.prices import above_the_prime, wrong_price, wrong_rate
from pbr_audit.simulate.families.repeats import claimed_twice, overlapping_periods
from pbr_audit.simulate.families.tiers import disagreement, nothing_behind

FAMILIES = (
    Family("PBR105", "once-too-often", "more payment points than one client may earn", once_too_often),
    Family("PBR306", "overlapping-periods", "paid periods of one person that overlap", overlapping_periods),
    Family("PBR205", "after-leaving", "an outcome after the client left", after_leaving),
    Family("PBR108", "outside-contract", "an outcome after the contract's end", outside_contract),
    Family("PBR102", "outside-window", "an outcome outside its window", outside_window),
    Family("PBR104", "missing-prerequisite", "a claim without what it requires", missing_prerequisite),
    Family("PBR111", "unknown-codes", "codes that no record knows", unknown_codes),
    Family("PBR103", "below-threshold", "a measure short of the threshold", below_threshold),
    Family("PBR203", "away", "an outcome in custody or abroad", away),
    Family("PBR202", "after-death", "an outcome after the client's death", after_death),
    Family("PBR301", "claimed-twice", "one outcome claimed twice for one client", claimed_twice),
    Family("PBR401", "shared-evidence", "one document behind several clients", shared_evidence),
    Family("PBR808", "above-the-prime", "a subcontractor's claim above the prime's", above_the_prime),
    Family("PBR804", "wrong-rate", "another amount passed on than the contracted rate", wrong_rate),
    Family("PBR803", "disagreement", "prime and subcontractor disagree", disagreement),
    Family("PBR801", "nothing-behind", "no subcontractor's claim behind a prime's", nothing_behind),
    Family("PBR201", "impossible-order", "dates in an impossible order", impossible_order),
    Family("PBR107", "late-submission", "a submission after the deadline", late_submission),
    Family("PBR110", "no-evidence", "evidence missing or not accepted", no_evidence),
    Family("PBR101", "wrong-price", "another amount than the price in force", wrong_price),
    Family("PBR902", "impossible-figures", "published figures that cannot be"),
    Family(
        "PBR701",
        "period-end",
        "steps dated at the end of a quarter",
        period_end,
        rate=0.1,
        usual=False,
        share_of_providers=True,
    ),
)
