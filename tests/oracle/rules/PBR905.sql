with numbered as (
    select row_number() over () as n, *
    from (
        select distinct contract_id, provider_id, outcome, period, amount_pence, achieved, planned_amount_pence
        from performance
    )
),
by_period as (
    -- A period that is there several times counts once.
    select contract_id, provider_id, outcome, period, median(amount_pence / achieved) as an_outcome
    from (
        select distinct contract_id, provider_id, outcome, period, amount_pence, achieved
        from performance where amount_pence > 0 and achieved > 0
    )
    group by all
),
others as (
    select r.n, count(*) as others, median(o.an_outcome) as an_outcome
    from numbered as r
    join by_period as o
        on o.contract_id = r.contract_id and o.provider_id = r.provider_id and o.outcome = r.outcome
        and o.period <> r.period
    group by r.n
),
held as (
    select
        r.*,
        case
            when r.planned_amount_pence > 0 then r.planned_amount_pence::double
            when r.achieved > 0 and o.others >= 4 then o.an_outcome * r.achieved
        end as to_be_expected
    from numbered as r left join others as o using (n)
    where r.amount_pence > 0
),
powers as (select unnest([100, 1000, 10000, 100000, 1000000]) as power)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    case
        when to_be_expected is not null then exists (
            from powers
            where amount_pence / to_be_expected between power / 1.05 and power * 1.05
                or to_be_expected / amount_pence between power / 1.05 and power * 1.05
        )
    end as flagged,
    null as claim_id, 0 as at_risk_pence
from held
