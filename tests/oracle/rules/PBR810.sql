with finals as (
    select *
    from measurements
    where not has_column('measurements', 'final') or final in ('true', 'stopped_at_threshold')
    qualify measured_date = max(measured_date) over (partition by client_id, contract_id, outcome)
),
last as (
    select
        client_id, contract_id, outcome, any_value(measured_date) as outcome_date,
        min(measured_value) as lowest, max(measured_value) as highest
    from finals group by client_id, contract_id, outcome
),
instead as (
    select distinct contract_id, i.outcome
    from outcomes cross join unnest(instead_of) as i(outcome)
),
termed as (
    select
        l.*, o.* exclude (contract_id, outcome),
        k.client_id is not null as registered, k.start_date, k.end_date, k."group" as client_group,
        case when o.direction = 'at_most' then l.highest <= o.threshold else l.lowest >= o.threshold end as reached
    from last as l
    join run as r on true
    join outcomes as o
        on o.contract_id = l.contract_id and o.outcome = l.outcome
        and in_force(l.outcome_date, o.from_date, o.to_date)
    left join clients as k on k.client_id = l.client_id and k.contract_id = l.contract_id
    where o.kind in ('attachment', 'milestone') and o.threshold is not null and o.claim_within_days is not null
        and o.minimum_contacts = 0 and len(o.instead_of) = 0
        and (o.contract_id, o.outcome) not in (from instead)
        and days_between(l.outcome_date, r.as_of, o.business_days) > o.claim_within_days
),
judged as (
    select
        t.*,
        exists (
            from claims as c
            where c.client_id = t.client_id and c.contract_id = t.contract_id and c.outcome = t.outcome
        ) as claimed,
        t.start_date <= t.outcome_date
            and (
                t.window_low_days is null
                or days_between(t.start_date, t.outcome_date, t.business_days)
                    between t.window_low_days and t.window_high_days
            )
            and t.outcome_date between c.start_date and c.end_date
            and (t.claimable_after_end or t.end_date is null or t.end_date >= t.outcome_date)
            and not exists (
                from unnest(t.requires) as q(outcome)
                where not exists (
                    from prime as p
                    where p.client_id = t.client_id and p.contract_id = t.contract_id and p.outcome = q.outcome
                        and p.outcome_date <= t.outcome_date
                )
            )
            and not exists (
                from events as e
                where e.client_id = t.client_id and (
                    (
                        list_contains(t.ineligible_during, e.event)
                        and in_force(t.outcome_date, e.start_date, e.end_date)
                    )
                    or (e.event = 'death' and e.start_date < t.outcome_date)
                )
            ) as fits,
        (
            select if(
                t.client_group is null,
                if(count(distinct p.price_pence) = 1, min(p.price_pence), null),
                coalesce(
                    max(p.price_pence) filter (p."group" = t.client_group),
                    max(p.price_pence) filter (p."group" is null)
                )
            )
            from prices as p
            where p.contract_id = t.contract_id and p.outcome = t.outcome
                and in_force(t.outcome_date, p.from_date, p.to_date)
        ) as price_pence
    from termed as t
    join contracts as c on c.contract_id = t.contract_id
)
select
    concat_ws('/', client_id, outcome) as subject_id,
    case
        when not reached or claimed then false
        when not registered then null
        when fits is not true then false
        when price_pence is null then null
        else true
    end as flagged,
    null as claim_id, price_pence as at_risk_pence
from judged
