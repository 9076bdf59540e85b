"""The two invented worlds: what their contracts pay for, and how their people fare.

Both share five roles of an outcome, so that one generator makes both. Prices are the first contract's, in
whole pounds; other contracts vary them. No few of one outcome cost what a few others do, so that equal
amounts of two quarters are seldom chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# The roles of an outcome: its place in the arrays of prices, and in the column `role` of invented claims.
ATTACH, STEP, CHECK, MAIN, KEEP, COHORT = range(6)
ROLES = 6


@dataclass(frozen=True)
class OutcomeSpec:
    """An outcome's terms; `prices` are pounds by group, where "" is any group."""

    code: str
    label: str
    kind: str
    prices: Mapping[str, int]
    window_days: tuple[int, int] | None = None
    claim_within_days: int = 90
    measure: str | None = None
    threshold: float | None = None
    direction: str = "at_least"
    requires: tuple[str, ...] = ()
    max_per_client: int | None = 1
    interval_days: int | None = None
    evidence: tuple[str, ...] = ()
    ineligible_during: tuple[str, ...] = ()
    claimable_after_end: bool = True
    baseline: float | None = None
    minimum_contacts: int = 0


@dataclass(frozen=True)
class Fortunes:
    """How people fare: shares from 0 to 1, days, and the logit of starting on the way to the main outcome."""

    begin_logit: float
    begin_scale_days: float
    last_scale_days: float
    tracked_days: int
    heap_days: int
    step_share: float
    second_step_share: float
    group_shares: tuple[float, ...]


@dataclass(frozen=True)
class WorldSpec:
    """One invented world; `outcomes` by role (a role may be absent)."""

    title: str
    commissioner: str
    prefix: str
    groups: tuple[str, ...]
    outcomes: Mapping[int, OutcomeSpec]
    fortunes: Fortunes
    employers: bool
    by_age: bool
    capped_points: int
    clients_in_cohorts: bool = field(default=False)


WELFARE = WorldSpec(
    title="Work support",
    commissioner="Department of Made-up Examples",
    prefix="CPA",
    groups=("18-24", "25-plus", "health"),
    outcomes=MappingProxyType(
        {
            ATTACH: OutcomeSpec(
                code="ATT",
                label="Attachment",
                kind="attachment",
                prices={"18-24": 300, "25-plus": 350, "health": 617},
                window_days=(0, 28),
                evidence=("enrolment form",),
                ineligible_during=("custody",),
            ),
            STEP: OutcomeSpec(
                code="QUA",
                label="Qualification gained",
                kind="milestone",
                prices={"": 150},
                window_days=(14, 365),
                requires=("ATT",),
                max_per_client=2,
                evidence=("certificate",),
                ineligible_during=("custody",),
                claimable_after_end=False,
            ),
            MAIN: OutcomeSpec(
                code="JOB",
                label="Job outcome",
                kind="milestone",
                prices={"18-24": 1200, "25-plus": 1300, "health": 3567},
                window_days=(182, 730),
                measure="days_in_work",
                threshold=182,
                requires=("ATT",),
                minimum_contacts=3,
                evidence=("payslip", "employer letter"),
                ineligible_during=("custody", "abroad"),
            ),
            KEEP: OutcomeSpec(
                code="SUS",
                label="Four weeks sustained",
                kind="sustainment",
                prices={"": 215, "health": 370},
                measure="days_in_work",
                threshold=28,
                requires=("JOB",),
                max_per_client=6,
                interval_days=28,
                evidence=("payslip", "employer letter", "bank statement"),
                ineligible_during=("custody", "abroad", "benefit"),
            ),
            COHORT: OutcomeSpec(
                code="RAT",
                label="Rate of a cohort in work",
                kind="cohort",
                prices={"": 1500},
                direction="at_least",
                threshold=0.0,
                claim_within_days=120,
                max_per_client=None,
                baseline=0.31,
            ),
        }
    ),
    fortunes=Fortunes(
        begin_logit=0.25,
        begin_scale_days=110,
        last_scale_days=270,
        tracked_days=546,
        heap_days=91,
        step_share=0.30,
        second_step_share=0.25,
        group_shares=(0.35, 0.45, 0.20),
    ),
    employers=True,
    by_age=True,
    capped_points=4,
)

REHABILITATION = WorldSpec(
    title="Resettlement after prison",
    commissioner="Ministry of Made-up Examples",
    prefix="RHA",
    groups=("short sentence", "licence", "community order"),
    outcomes=MappingProxyType(
        {
            ATTACH: OutcomeSpec(
                code="STA",
                label="Started with a mentor",
                kind="attachment",
                prices={"short sentence": 260, "licence": 327, "community order": 220},
                window_days=(0, 28),
                evidence=("signed plan",),
                ineligible_during=("custody",),
            ),
            STEP: OutcomeSpec(
                code="ACC",
                label="Settled accommodation found",
                kind="milestone",
                prices={"": 400},
                window_days=(14, 365),
                requires=("STA",),
                max_per_client=2,
                evidence=("tenancy agreement", "landlord letter"),
                ineligible_during=("custody",),
                claimable_after_end=False,
            ),
            CHECK: OutcomeSpec(
                code="APT",
                label="At most two appointments missed in twelve weeks",
                kind="milestone",
                prices={"": 180},
                window_days=(84, 112),
                measure="missed_appointments",
                threshold=2,
                direction="at_most",
                requires=("STA",),
                evidence=("attendance record",),
                ineligible_during=("custody",),
            ),
            MAIN: OutcomeSpec(
                code="DES",
                label="A year without reoffending",
                kind="milestone",
                prices={"short sentence": 1500, "licence": 1800, "community order": 1250},
                window_days=(364, 912),
                measure="days_without_reoffending",
                threshold=364,
                requires=("STA",),
                minimum_contacts=2,
                evidence=("police record check", "court record check"),
                ineligible_during=("custody", "abroad"),
            ),
            KEEP: OutcomeSpec(
                code="SUS",
                label="Eight weeks more without reoffending",
                kind="sustainment",
                prices={"": 240, "licence": 310},
                measure="days_without_reoffending",
                threshold=56,
                requires=("DES",),
                max_per_client=4,
                interval_days=56,
                evidence=("police record check", "court record check"),
                ineligible_during=("custody", "abroad", "reoffence"),
            ),
            COHORT: OutcomeSpec(
                code="BIN",
                label="Binary reoffending rate",
                kind="cohort",
                prices={"": 1000},
                direction="at_most",
                threshold=0.0,
                claim_within_days=120,
                max_per_client=None,
                baseline=0.48,
            ),
        }
    ),
    fortunes=Fortunes(
        begin_logit=2.2,
        begin_scale_days=12,
        last_scale_days=520,
        tracked_days=672,
        heap_days=91,
        step_share=0.28,
        second_step_share=0.22,
        group_shares=(0.40, 0.35, 0.25),
    ),
    employers=False,
    by_age=False,
    capped_points=2,
    clients_in_cohorts=True,
)

SPECS = MappingProxyType({"welfare": WELFARE, "rehabilitation": REHABILITATION})
