select
    claim_id as subject_id,
    case
        when known then
            coalesce(trim(evidence_type), '') = ''
            or not list_contains([lower(trim(e)) for e in evidence], lower(trim(evidence_type)))
            or (evidence_ref is null and has_column('claims', 'evidence_ref'))
            or coalesce(evidence_date - outcome_date > evidence_within_days, false)
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from prime_terms
where (not known or len(evidence) > 0) and has_column('claims', 'evidence_type')
