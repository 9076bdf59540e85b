select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    coalesce(
        achieved > cohort_size
            or least(cohort_size, achieved, started, excluded, amount_pence, planned_amount_pence) < 0
            or least(expected, target) < 0 or greatest(expected, target) > 1
            or not regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?'),
        false
    ) as flagged,
    null as claim_id, 0 as at_risk_pence
from performance
