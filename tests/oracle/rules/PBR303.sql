with claimed as (
    select client_id, max(outcome_date) as last_outcome, list(distinct provider_id) as primes
    from prime where client_id is not null group by client_id
),
registration as (
    select
        k.client_id, k.provider_id, c.primes, coalesce(k.start_date, k.referral_date) as began,
        coalesce(
            k.end_date,
            if(
                has_column('clients', 'end_date'),
                greatest((select as_of from run), c.last_outcome),
                c.last_outcome
            )
        ) as ends
    from clients as k join claimed as c using (client_id)
),
several as (
    select s.client_id, count(*) as registrations
    from same_person as s join registration as r on r.client_id = s.other_id
    group by s.client_id
),
beside as (
    select
        l.client_id, e.client_id as earlier_id, w.sure, w.p_same, l.began, least(l.ends, e.ends) as until,
        least(l.ends, e.ends) - l.began + 1 as days
    from person_pair as w
    join registration as l on l.client_id = w.client_id
    join registration as e on e.client_id = w.other_id
    join several as n on n.client_id = l.client_id
    where (e.began, e.client_id) < (l.began, l.client_id)
        and (not w.sure or n.registrations <= 50)
        and (e.provider_id <> l.provider_id or not list_has_any(e.primes, l.primes))
        and least(l.ends, e.ends) - l.began + 1 >= 2
),
told as (
    select distinct on (client_id) *
    from beside
    order by client_id, sure desc, p_same desc nulls last, days desc, earlier_id
),
paid as (
    select
        c.claim_id, c.client_id, t.earlier_id, t.sure,
        if(
            t.sure and c.outcome_date between t.began and t.until and exists (
                from prime_terms as e
                where e.client_id = t.earlier_id
                    and (
                        e.contract_id = c.contract_id
                        or list_contains(e.excludes, c.contract_id)
                        or list_contains(c.excludes, e.contract_id)
                    )
            ),
            c.amount_pence, 0
        ) as at_risk_pence
    from prime_terms as c join told as t using (client_id)
),
grave as (
    select
        client_id, earlier_id,
        case when not bool_and(sure) then 'info' when sum(at_risk_pence) > 0 then 'high' else 'low' end as severity
    from paid group by client_id, earlier_id
)
select
    coalesce(c.client_id, c.claim_id) as subject_id,
    case
        when p.claim_id is not null then true
        when k.client_id is null or coalesce(k.start_date, k.referral_date) is null or n.registrations > 50
            then null
        when k.person_ref is null and not has_column('links', 'p_same') then null
        else false
    end as flagged,
    c.claim_id, p.at_risk_pence, g.severity
from prime as c
left join clients as k using (client_id)
left join several as n using (client_id)
left join paid as p using (claim_id)
left join grave as g on g.client_id = c.client_id
union all
select g.client_id, true, e.claim_id, 0, g.severity
from grave as g join prime as e on e.client_id = g.earlier_id
