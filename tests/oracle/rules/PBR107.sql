select
    claim_id as subject_id,
    case
        when known then days_between(outcome_date, submitted_date, business_days) > claim_within_days
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from prime_terms
where not known or claim_within_days is not null
