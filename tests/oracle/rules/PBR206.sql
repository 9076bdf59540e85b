with keyed as (
    select *, recorded_at::date as keyed_on, recorded_at::date - outcome_date as delay
    from prime where recorded_at is not null
),
days as (
    select
        deliverer_id, contract_id, keyed_on,
        max(delay) > 90 as late,
        count(*) >= 50 and max(outcome_date) - min(outcome_date) >= 60 as bulk
    from keyed group by all
)
select
    concat_ws('/', d.deliverer_id, d.contract_id, d.keyed_on::varchar) as subject_id,
    true as flagged, k.claim_id, 0 as at_risk_pence, if(d.late, 'low', 'info') as severity
from days as d join keyed as k using (deliverer_id, contract_id, keyed_on)
where (d.late and k.delay > 90) or (d.bulk and not d.late)
union all
select concat_ws('/', deliverer_id, contract_id, keyed_on::varchar), false, null, 0, null
from days where not late and not bulk
