with dated as (
    select
        p.claim_id, p.amount_pence, k.referral_date, k.start_date, p.outcome_date, p.submitted_date, p.paid_date,
        p.recorded_at::date as recorded_date, p.evidence_date
    from prime as p left join clients as k using (client_id)
)
select
    claim_id as subject_id,
    coalesce(referral_date > least(start_date, outcome_date, submitted_date, paid_date), false)
        or coalesce(start_date > least(outcome_date, submitted_date, paid_date), false)
        or coalesce(outcome_date > least(submitted_date, paid_date), false)
        or coalesce(submitted_date > paid_date, false)
        or coalesce(outcome_date > recorded_date, false)
        or coalesce(evidence_date > submitted_date, false) as flagged,
    claim_id, amount_pence as at_risk_pence
from dated
