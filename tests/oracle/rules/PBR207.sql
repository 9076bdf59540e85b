with told as (
    select claim_id, client_id, check_date, result
    from checks where result in ('confirmed', 'contradicted')
),
own as (
    select p.claim_id, t.check_date, t.result
    from prime as p join told as t on t.claim_id = p.claim_id and t.check_date >= p.outcome_date
),
last_result as (
    select t.client_id, t.check_date, max(p.outcome_date) as outcome_date
    from (select distinct client_id, check_date from told where claim_id is null) as t
    join prime as p on p.client_id = t.client_id and p.outcome_date <= t.check_date
    group by all
),
about as (
    select claim_id, check_date, result, true as own from own
    union all
    select p.claim_id, t.check_date, t.result, false
    from told as t
    join last_result as l on l.client_id = t.client_id and l.check_date = t.check_date
    join prime as p on p.client_id = l.client_id and p.outcome_date = l.outcome_date
    where t.claim_id is null and p.claim_id not in (select claim_id from own)
),
checked as (
    select
        claim_id, any_value(own) as own,
        case
            when bool_or(result = 'confirmed' and check_date = last_date) then 'confirmed' else 'contradicted'
        end as result
    from (select *, max(check_date) over (partition by claim_id) as last_date from about)
    group by claim_id
),
spanned as (
    select
        t.*,
        period_start is not null and period_end is not null as has_period,
        coalesce(kind = 'milestone' and measure like 'days%', false) as in_days,
        case
            when has_period then period_start
            when kind = 'sustainment' then outcome_date - interval_days::integer + 1
            when in_days then job_start_date
        end as first_day,
        if(has_period, period_end, outcome_date) as last_day,
        last_day - first_day + 1 as span_days,
        case
            when has_period or kind = 'sustainment' then span_days
            when in_days and measured_value is not null
                then greatest(least(floor(measured_value)::bigint, span_days), 0)
        end as paid_days,
        has_period or coalesce(kind = 'sustainment', false) or in_days as is_for_days,
        coalesce(list_filter(ineligible_during, lambda k: k in ('benefit', 'employment', 'reoffence')), []) as kinds,
        exists (from events as e where e.client_id = t.client_id and e.event = 'employment') as has_worked
    from prime_terms as t
),
common as (
    select distinct s.claim_id
    from spanned as s
    join run as r on true
    join events as e on e.client_id = s.client_id and list_contains(s.kinds, e.event)
    where span_days > 0
        and not s.outcome_date between e.start_date and coalesce(e.end_date, r.as_of)
        and least(coalesce(e.end_date, r.as_of), last_day) - greatest(e.start_date, first_day) + 1 > 0
        and least(coalesce(e.end_date, r.as_of), last_day) - greatest(e.start_date, first_day) + 1
            + paid_days - span_days > if(e.event = 'reoffence', 0, 14)
),
work_asked as (
    select
        s.claim_id, r.as_of - s.outcome_date >= 60 as settled,
        exists (
            from events as e
            where e.client_id = s.client_id and e.event = 'employment'
                and e.start_date <= s.last_day + 14 and coalesce(e.end_date, r.as_of) >= s.first_day - 14
        ) as found
    from spanned as s join run as r on true
    where s.known and s.is_for_days and s.employment_type = 'employed' and s.has_worked
        and not list_contains(s.kinds, 'employment')
),
judged as (
    select
        s.claim_id, s.amount_pence,
        case
            when c.result = 'contradicted' then true
            when c.result = 'confirmed' and c.own then false
            when s.claim_id in (select claim_id from common) then true
            when w.claim_id is not null and s.span_days > 0 and not w.found and w.settled then true
            when not s.known then null
            when not s.is_for_days then false
            when len(s.kinds) > 0 and s.client_id is null then null
            when len(s.kinds) > 0 and not list_has_all((select coalesce(list(distinct event), []) from events), s.kinds) then null
            when len(s.kinds) > 0 and s.in_days and not s.has_period and s.measured_value is null then null
            when (len(s.kinds) > 0 or w.claim_id is not null) and coalesce(s.span_days, 0) < 1 then null
            when w.claim_id is not null and not w.found then null
            else false
        end as flagged,
        c.claim_id is not null or not s.known
            or s.is_for_days and (len(s.kinds) > 0 or w.claim_id is not null) as looked_at
    from spanned as s
    left join checked as c using (claim_id)
    left join work_asked as w using (claim_id)
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence
from judged where looked_at
