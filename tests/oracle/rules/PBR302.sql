with registration as (
    select
        k.client_id, k.person_ref,
        coalesce(k.start_date, k.referral_date, min(p.outcome_date)) as began
    from clients as k join prime as p using (client_id)
    group by k.client_id, k.person_ref, k.start_date, k.referral_date
),
several as (
    select s.client_id, count(*) as registrations
    from same_person as s join registration as r on r.client_id = s.other_id
    group by s.client_id
),
pair as (
    select l.client_id, e.client_id as earlier_id, e.began as earlier_began, w.sure, w.p_same
    from person_pair as w
    join registration as l on l.client_id = w.client_id
    join registration as e on e.client_id = w.other_id
    join several as n on n.client_id = l.client_id
    where (e.began, e.client_id) < (l.began, l.client_id) and (not w.sure or n.registrations <= 50)
),
-- How many claims for the same thing stood before, of the earlier registrations and of its own.
beside as (
    select
        c.claim_id, c.client_id, c.amount_pence, e.claim_id as earlier_claim_id,
        w.earlier_id, w.earlier_began, w.sure, w.p_same,
        e.contract_id = c.contract_id and e.outcome = c.outcome as alike,
        e.outcome_date = c.outcome_date as one_day,
        coalesce(list_contains(c.excludes, e.contract_id), false)
            or coalesce(list_contains(e.excludes, c.contract_id), false) as excluded,
        c.max_per_client,
        (
            select count(*) from prime as o
            where o.client_id = c.client_id and o.contract_id = c.contract_id and o.outcome = c.outcome
                and (o.outcome_date, o.submitted_date, o.claim_id)
                    < (c.outcome_date, c.submitted_date, c.claim_id)
        ) as own_before
    from prime_terms as c
    join pair as w using (client_id)
    join prime_terms as e on e.client_id = w.earlier_id
    where c.known
),
counted as (
    select
        b.*,
        own_before + count(*) filter (alike) over (partition by claim_id, if(sure, '', earlier_id)) as stood_before
    from beside as b
),
again as (
    select * from counted
    where excluded or (alike and (one_day or stood_before >= max_per_client))
),
told as (
    select distinct on (client_id) client_id, sure, earlier_id
    from again
    order by client_id, sure desc, p_same desc nulls last, earlier_began, earlier_id
),
asked as (
    select a.*, t.sure as told_sure
    from again as a join told as t using (client_id)
    where if(t.sure, a.sure, a.earlier_id = t.earlier_id)
),
judged as (
    select
        c.claim_id, c.client_id, c.amount_pence, t.sure,
        case
            when c.claim_id in (select claim_id from asked) then true
            when not c.known or k.client_id is null or n.registrations > 50 then null
            when k.person_ref is null and not has_column('links', 'p_same') then null
            else false
        end as flagged
    from prime_terms as c
    left join clients as k using (client_id)
    left join several as n using (client_id)
    left join told as t using (client_id)
)
select
    coalesce(client_id, claim_id) as subject_id, flagged, claim_id, if(sure, amount_pence, 0) as at_risk_pence,
    if(sure, 'high', 'info') as severity
from judged
union all
select distinct client_id, true, earlier_claim_id, 0, if(told_sure, 'high', 'info') from asked
