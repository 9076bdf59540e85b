with placed as (
    -- Periods of one kind are numbered, so that the next one has the next number.
    select distinct
        contract_id, provider_id, outcome, period, amount_pence, achieved,
        case
            when not regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?') then 'none'
            when period like '%-Q%' then 'quarter' when period like '%-%' then 'month' else 'year'
        end as kind,
        case
            when not regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?') then 0
            when period like '%-Q%' then period[1:4]::int * 4 + period[7:7]::int
            when period like '%-%' then period[1:4]::int * 12 + period[6:7]::int
            else period::int
        end as number
    from performance where has_column('performance', 'amount_pence')
),
valid as (select * from placed where kind <> 'none'),
spoilt as (
    select distinct contract_id, provider_id, outcome, kind from (
        select contract_id, provider_id, outcome, kind, number from valid group by all having count(*) > 1
    )
),
paid as (
    select
        *,
        coalesce(
            number - lag(number) over series <> 1 or amount_pence is distinct from lag(amount_pence) over series,
            true
        ) as begins
    from valid
    where (contract_id, provider_id, outcome, kind) not in (from spoilt)
    window series as (partition by contract_id, provider_id, outcome, kind order by number)
),
run_of as (
    select
        *,
        sum(begins::int) over (partition by contract_id, provider_id, outcome, kind order by number) as run_number
    from paid
),
runs as (
    select
        contract_id, provider_id, outcome, kind, run_number, amount_pence, arg_min(period, number) as first_period,
        count(*) >= 3 and amount_pence > 0 and count(distinct achieved) > 1 as flagged
    from run_of
    group by contract_id, provider_id, outcome, kind, run_number, amount_pence
)
select
    concat_ws('/', provider_id, contract_id, outcome, first_period) as subject_id, coalesce(flagged, false) as flagged,
    null as claim_id, 0 as at_risk_pence
from runs
union all
select distinct concat_ws('/', provider_id, contract_id, outcome, kind), null, null, 0
from spoilt
