with registered as (
    select contract_id, provider_id, cohort, count(distinct client_id) as n
    from clients where start_date is not null and cohort is not null
    group by all
),
held as (
    select
        p.*, coalesce(r.n, p.started) as n,
        p.cohort_size < 0 or coalesce(p.excluded, 0) < 0 or coalesce(r.n, p.started) < 0 as below_nothing
    from performance as p
    left join registered as r
        on r.contract_id = p.contract_id and r.provider_id = p.provider_id and r.cohort = p.period
)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    case
        when not below_nothing then (n - cohort_size - coalesce(excluded, 0))::decimal(18, 4) > n * 0.02::decimal(4, 2)
    end as flagged,
    null as claim_id, 0 as at_risk_pence
from held
where n is not null
