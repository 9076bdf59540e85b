with releases as (
    select distinct contract_id, provider_id, outcome, period, release_date, cohort_size, achieved
    from performance
    where regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?')
),
series as (
    select
        contract_id, provider_id, outcome, period,
        count(*) filter (release_date is null) > 0 or count(*) > count(distinct release_date) as unordered
    from releases
    group by all
    having count(*) > 1
)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    case
        when not unordered then exists (
            from releases as e
            join releases as l using (contract_id, provider_id, outcome, period)
            where e.contract_id = series.contract_id and e.provider_id = series.provider_id
                and e.outcome = series.outcome and e.period = series.period
                and e.release_date < l.release_date and e.cohort_size > 0
                and 100 * (e.cohort_size - l.cohort_size) > 2 * e.cohort_size
        )
    end as flagged,
    null as claim_id, 0 as at_risk_pence
from series
