with held as (
    select
        p.*,
        exists (
            from outcomes as o
            where o.contract_id = p.contract_id and o.outcome = p.outcome and o.measure = 'frequency'
        ) as of_events,
        exists (
            from deductions as d where d.contract_id = p.contract_id and d.outcome = p.outcome
        ) as deducted
    from performance as p
)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    coalesce(not of_events and (achieved > cohort_size or greatest(expected, target) > 1), false)
        or coalesce(least(cohort_size, achieved, started, excluded, planned_amount_pence) < 0, false)
        or coalesce(amount_pence < 0 and not deducted, false)
        or coalesce(least(expected, target) < 0, false)
        or not regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?') as flagged,
    null as claim_id, 0 as at_risk_pence
from held
