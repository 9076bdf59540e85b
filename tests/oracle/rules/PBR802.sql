with termed as (
    select
        s.*, o.outcome is not null as known, o.max_per_client,
        case
            when o.claim_within_days is null then r.as_of > s.outcome_date + 90
            else days_between(s.outcome_date, r.as_of, o.business_days) > o.claim_within_days
        end as time_is_over
    from behind as s
    join run as r on true
    left join outcomes as o
        on o.contract_id = s.contract_id and o.outcome = s.outcome
        and in_force(s.outcome_date, o.from_date, o.to_date)
),
passed_up as (
    select c.*
    from claim as c
    where c.tier = 'prime' and c.amount_pence >= 0 and (c.stands or c.status in ('rejected', 'recovered'))
),
judged as (
    select
        t.*,
        exists (
            from passed_up as p
            where p.contract_id = t.contract_id and (
                p.claim_id = t.parent_claim_id
                or (
                    p.client_id = t.client_id and p.outcome = t.outcome
                    and (t.max_per_client = 1 or p.outcome_date = t.outcome_date)
                )
            )
        ) as stands_for_it
    from termed as t
)
select
    claim_id as subject_id,
    case
        when stands_for_it then false
        when contract_id not in (select contract_id from claims where tier = 'prime') then null
        when not known or client_id is null then null
        else true
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from judged
where stands_for_it or time_is_over
union all
select j.claim_id, true, p.claim_id, 0
from judged as j
join claims as p on p.claim_id = j.parent_claim_id and p.tier = 'prime' and p.contract_id = j.contract_id
where not j.stands_for_it and j.time_is_over and j.known and j.client_id is not null
