with bounds as (
    select
        p.*,
        case
            when not regexp_full_match(period, '[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?') then null
            when period like '%-Q%' then last_day(make_date(period[1:4]::int, period[7:7]::int * 3, 1))
            when period like '%-%' then last_day(make_date(period[1:4]::int, period[6:7]::int, 1))
            else make_date(period::int, 12, 31)
        end as last_day,
        row_number() over () as n
    from performance as p
),
termed as (
    select
        b.*, o.direction, o.significance,
        -- Events are counted, where a frequency is measured, and people, where it is a share.
        coalesce(o.measure = 'frequency', false) as of_events,
        o.threshold * if(o.threshold_of_baseline, coalesce(b.expected, o.baseline), 1) as threshold,
        o.instead_of, coalesce(b.expected, o.baseline) as base,
        case
            -- In decimals: a half penny is found in no float.
            when o.direction = 'at_most'
                then coalesce(b.expected, o.baseline)::decimal(18, 6) * b.cohort_size - b.achieved
            when o.direction = 'at_least'
                then b.achieved - coalesce(b.expected, o.baseline)::decimal(18, 6) * b.cohort_size
        end as better_by
    from bounds as b
    left join outcomes as o
        on o.contract_id = b.contract_id and o.outcome = b.outcome
        and in_force(b.last_day, o.from_date, o.to_date)
    where exists (
        from outcomes as k
        where k.contract_id = b.contract_id and k.outcome = b.outcome and k.kind = 'cohort'
    )
),
sound as (
    select
        *,
        last_day is not null and cohort_size > 0 and achieved >= 0 and base is not null
            and (of_events or (achieved <= cohort_size and base between 0 and 1))
            and direction is not null as usable
    from termed
),
-- Exact probabilities, the sum of the terms by their logarithms: binomial for shares, Poisson for frequencies.
tails as (
    select
        s.n,
        sum(t.p) filter (t.k <= s.achieved) as so_few,
        1 - coalesce(sum(t.p) filter (t.k < s.achieved), 0) as so_many
    from sound as s
    cross join lateral (
        select
            k,
            case
                when s.base = 0 then (k = 0)::int::double
                when s.of_events then exp(k * ln(s.base * s.cohort_size) - s.base * s.cohort_size - lgamma(k + 1))
                when s.base = 1 then (k = s.cohort_size)::int::double
                else exp(
                    lgamma(s.cohort_size + 1) - lgamma(k + 1) - lgamma(s.cohort_size - k + 1)
                    + k * ln(s.base) + (s.cohort_size - k) * ln(1 - s.base)
                )
            end as p
        from (select unnest(range(s.achieved + 1)) as k)
    ) as t
    where s.usable
    group by s.n
),
tested as (
    select
        s.*,
        if(s.direction = 'at_most', t.so_few, t.so_many) as p_better,
        if(s.direction = 'at_most', t.so_many, t.so_few) as p_worse
    from sound as s left join tails as t using (n)
),
earning as (
    select
        *,
        usable and better_by > 0
            and (threshold is null or better_by / cohort_size >= threshold - 1e-12)
            and (significance is null or p_better <= significance) as earns
    from tested
),
priced_row as (
    select
        e.*, p.price_pence, p.per,
        exists (
            from earning as f
            where f.contract_id = e.contract_id and f.provider_id = e.provider_id and f.n <> e.n
                and list_contains(e.instead_of, f.outcome) and f.earns
        ) as replaced,
        e.earns and exists (
            from earning as f
            where f.contract_id = e.contract_id and f.provider_id = e.provider_id and f.n <> e.n
                and list_contains(e.instead_of, f.outcome) and not f.usable
        ) as perhaps_replaced,
        d.deduction_pence, d.per as deducted_per, d.only_if_significant
    from earning as e
    left join prices as p
        on p.contract_id = e.contract_id and p.outcome = e.outcome and p."group" is null
        and in_force(e.last_day, p.from_date, p.to_date)
    left join deductions as d
        on d.contract_id = e.contract_id and d.outcome = e.outcome
        and in_force(e.last_day, d.from_date, d.to_date)
),
due as (
    select
        *,
        case
            when not earns or replaced then 0
            when per = 'cohort' then price_pence
            when per = 'outcome_avoided' then price_pence * better_by
            when per = 'claim' then price_pence * achieved
        end
        - case
            when deduction_pence is null or better_by >= 0 then 0
            when only_if_significant and p_worse > coalesce(significance, 0.05) then 0
            when deducted_per = 'cohort' then deduction_pence
            else deduction_pence * -better_by
        end as due_pence
    from priced_row
)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    case when usable and amount_pence is not null and (replaced or not perhaps_replaced) then difference > 100 end as flagged,
    null as claim_id, difference::bigint as at_risk_pence
from (select *, abs(amount_pence - sign(due_pence) * floor(abs(due_pence) + 0.5)) as difference from due)
