with counted as (
    select *, days_between(outcome_date, submitted_date, business_days) as days
    from prime_terms
    where not known or claim_within_days is not null or claim_after_days is not null
)
select
    claim_id as subject_id,
    case
        when known then coalesce(days > claim_within_days, false) or coalesce(days < claim_after_days, false)
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from counted
