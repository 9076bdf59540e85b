select
    claim_id as subject_id,
    case
        when not known then null
        when direction = 'at_most' then measured_value > threshold
        else measured_value < threshold
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from prime_terms
where not known or (threshold is not null and kind <> 'cohort')
