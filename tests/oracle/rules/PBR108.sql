select
    p.claim_id as subject_id, p.outcome_date < c.start_date or p.outcome_date > c.end_date as flagged,
    p.claim_id, p.amount_pence as at_risk_pence
from prime as p left join contracts as c using (contract_id)
