"""The families of planted acts, in the order in which they choose their clients: the choosiest first."""

from pbr_audit.simulate.config import WORLDS
from pbr_audit.simulate.families.amounts import above_plan, another_unit
from pbr_audit.simulate.families.caps import above_the_cap
from pbr_audit.simulate.families.codes import unknown_codes
from pbr_audit.simulate.families.cohort_payments import cohort_payment
from pbr_audit.simulate.families.conduct import (
    hard_left_alone,
    hard_refused,
    moved_up,
    on_own_account,
    one_employer,
    put_out,
)
from pbr_audit.simulate.families.contacts import little_service
from pbr_audit.simulate.families.contradicted import contradicted
from pbr_audit.simulate.families.dates import (
    impossible_order,
    late_submission,
    outside_contract,
    outside_window,
)
from pbr_audit.simulate.families.denominators import lost_starters, restated_cohort
from pbr_audit.simulate.families.employers import own_employer
from pbr_audit.simulate.families.evidence import no_evidence, shared_evidence
from pbr_audit.simulate.families.groups import dearer_group
from pbr_audit.simulate.families.ineligible import after_death, after_leaving, away
from pbr_audit.simulate.families.instalments import flat_amounts
from pbr_audit.simulate.families.kind import Family, Planter, Shaper
from pbr_audit.simulate.families.late_records import keyed_in_late
from pbr_audit.simulate.families.measures import below_threshold
from pbr_audit.simulate.families.moved_steps import first_day, period_end, weekend
from pbr_audit.simulate.families.order import missing_prerequisite, once_too_often
from pbr_audit.simulate.families.ownership import one_house
from pbr_audit.simulate.families.payments import wrong_payment
from pbr_audit.simulate.families.prices import above_the_prime, wrong_price, wrong_rate
from pbr_audit.simulate.families.promises import few_sent, named_and_not_sent
from pbr_audit.simulate.families.published import impossible_figures
from pbr_audit.simulate.families.registration import registered_elsewhere
from pbr_audit.simulate.families.repeats import claimed_twice, overlapping_periods
from pbr_audit.simulate.families.resubmitted import moved_to_fit
from pbr_audit.simulate.families.returners import registered_again
from pbr_audit.simulate.families.same_person import at_two_providers, registered_twice, sent_round_again
from pbr_audit.simulate.families.shared_values import one_number
from pbr_audit.simulate.families.spacing import too_soon
from pbr_audit.simulate.families.tiers import disagreement, nothing_behind
from pbr_audit.simulate.families.unclaimed import never_claimed
from pbr_audit.simulate.families.unpassed import never_passed_up
from pbr_audit.simulate.families.verified import above_verified
from pbr_audit.simulate.families.work_start import work_before_start


def _by_providers(
    rule_id: str,
    name: str,
    says: str,
    plant: Planter | None = None,
    *,
    shape: Shaper | None = None,
    worlds: tuple[str, ...] = WORLDS,
) -> Family:
    """Return a family of which the rate is a share of providers; it acts only where it is asked for."""
    return Family(
        rule_id, name, says, plant, shape, rate=0.1, usual=False, share_of_providers=True, worlds=worlds
    )


FAMILIES = (
    Family("PBR105", "once-too-often", "more payment points than one client may earn", once_too_often),
    Family("PBR109", "above-the-cap", "a payment point beyond the cap on a client", above_the_cap),
    Family("PBR306", "overlapping-periods", "paid periods of one person that overlap", overlapping_periods),
    Family("PBR106", "too-soon", "a payment point sooner than the interval", too_soon),
    Family("PBR205", "after-leaving", "an outcome after the client left", after_leaving),
    Family("PBR108", "outside-contract", "an outcome after the contract's end", outside_contract),
    Family("PBR102", "outside-window", "an outcome outside its window", outside_window),
    Family("PBR104", "missing-prerequisite", "a claim without what it requires", missing_prerequisite),
    Family("PBR113", "wrong-payment", "a payment that does not go with its claim", wrong_payment),
    Family("PBR307", "moved-to-fit", "rejected, then moved to fit", moved_to_fit),
    Family("PBR406", "own-employer", "an employer of the supply chain", own_employer, worlds=("welfare",)),
    Family("PBR207", "contradicted", "an outcome that a record contradicts", contradicted),
    Family("PBR802", "never-passed-up", "a subcontractor's claim never passed up", never_passed_up),
    Family("PBR606", "little-service", "fewer contacts than required before an outcome", little_service),
    Family("PBR208", "work-before-start", "work that began before the client's start", work_before_start),
    Family("PBR408", "above-verified", "more claimed than a check verified", above_verified),
    Family("PBR304", "registered-again", "a person attached again within a year", registered_again),
    Family(
        "PBR810", "never-claimed", "a good result never claimed", never_claimed, worlds=("rehabilitation",)
    ),
    Family("PBR111", "unknown-codes", "codes that no record knows", unknown_codes),
    Family("PBR103", "below-threshold", "a measure short of the threshold", below_threshold),
    Family("PBR112", "dearer-group", "a dearer payment group than at referral", dearer_group),
    Family("PBR203", "away", "an outcome in custody or abroad", away),
    Family("PBR202", "after-death", "an outcome after the client's death", after_death),
    Family("PBR204", "registered-elsewhere", "a client of another provider", registered_elsewhere),
    Family("PBR301", "claimed-twice", "one outcome claimed twice for one client", claimed_twice),
    Family("PBR401", "shared-evidence", "one document behind several clients", shared_evidence),
    Family("PBR808", "above-the-prime", "a subcontractor's claim above the prime's", above_the_prime),
    Family("PBR804", "wrong-rate", "another amount passed on than the contracted rate", wrong_rate),
    Family("PBR803", "disagreement", "prime and subcontractor disagree", disagreement),
    Family("PBR801", "nothing-behind", "no subcontractor's claim behind a prime's", nothing_behind),
    Family("PBR201", "impossible-order", "dates in an impossible order", impossible_order),
    Family("PBR206", "keyed-in-late", "an outcome keyed in long after", keyed_in_late),
    Family("PBR107", "late-submission", "a submission after the deadline", late_submission),
    Family("PBR110", "no-evidence", "evidence missing or not accepted", no_evidence),
    Family("PBR101", "wrong-price", "another amount than the price in force", wrong_price),
    Family("PBR302", "registered-twice", "one person registered twice", registered_twice, usual=False),
    Family("PBR303", "at-two-providers", "one person with two providers", at_two_providers, usual=False),
    Family(
        "PBR304", "sent-round-again", "left, and attached again as another", sent_round_again, usual=False
    ),
    Family("PBR305", "one-number", "one number behind many clients of one adviser", one_number),
    Family(
        "PBR806",
        "never-sent",
        "promised referrals that never came",
        few_sent,
        arrange=named_and_not_sent,
    ),
    Family("PBR807", "one-house", "organisations on both sides, and circles", arrange=one_house),
    Family("PBR905", "another-unit", "an amount in another unit", publish=another_unit),
    Family("PBR903", "flat-amounts", "one amount while results change", publish=flat_amounts),
    Family("PBR906", "restated-cohort", "a cohort that shrank between releases", publish=restated_cohort),
    Family("PBR904", "above-plan", "amounts above the plan or the budget", publish=above_plan),
    Family("PBR604", "lost-starters", "a cohort smaller than its starters", publish=lost_starters),
    Family("PBR902", "impossible-figures", "published figures that cannot be", publish=impossible_figures),
    Family("PBR907", "cohort-payment", "another payment than the terms give", publish=cohort_payment),
    _by_providers("PBR501", "moved-up", "near-misses written up to the threshold", shape=moved_up),
    _by_providers("PBR601", "hard-refused", "hard people turned away", hard_refused),
    _by_providers("PBR602", "hard-left-alone", "hard people met once", hard_left_alone),
    _by_providers("PBR603", "put-out", "clients put out before they would count", put_out),
    _by_providers("PBR405", "one-employer", "one employer for many", one_employer, worlds=("welfare",)),
    _by_providers(
        "PBR407", "on-own-account", "many on their own account", on_own_account, worlds=("welfare",)
    ),
    _by_providers("PBR701", "period-end", "steps dated at the end of a quarter", period_end),
    _by_providers("PBR703", "first-day", "steps dated on the first allowed day", first_day),
    _by_providers("PBR209", "weekend", "steps dated on a Saturday", weekend),
)
