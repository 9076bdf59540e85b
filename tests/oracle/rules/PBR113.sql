with credit as (
    -- Negative claims with a live status, by the claim that they name.
    select distinct reverses_claim_id as claim_id
    from claims
    where amount_pence < 0 and coalesce(status, 'submitted') in ('submitted', 'paid')
        and reverses_claim_id is not null and reverses_claim_id <> claim_id
),
asked as (
    select
        c.*,
        coalesce(c.paid_amount_pence, 0) as paid_pence,
        c.claim_id in (select claim_id from credit) as credited,
        has_column('claims', 'reverses_claim_id') as has_credits
    from claim as c
    where c.tier = 'prime' and c.amount_pence >= 0
        and has_column('claims', 'status') and has_column('claims', 'paid_amount_pence')
),
twice as (
    select a.claim_id, min(o.claim_id) as other_id
    from asked as a
    join claims as o
        on o.claim_id in (a.resubmits_claim_id, a.supersedes_claim_id) and o.claim_id <> a.claim_id
    where a.paid_pence > 0 and o.paid_amount_pence > 0
        and not a.credited and o.claim_id not in (select claim_id from credit)
    group by a.claim_id
),
under as (
    select
        a.claim_id,
        b.unless is not null as by_outcome,
        case
            when b.unless is not null then
                r.as_of > a.outcome_date + b.within_days::integer
                and not exists (
                    from prime as f
                    where f.client_id = a.client_id and f.contract_id = a.contract_id and f.outcome = b.unless
                        and f.outcome_date between a.outcome_date and a.outcome_date + b.within_days::integer
                )
            else exists (
                from events as e
                where e.client_id = a.client_id and e.event = b.event
                    and e.start_date > a.outcome_date and e.start_date <= a.outcome_date + b.within_days::integer
            )
        end as taken
    from asked as a
    join run as r on true
    join clawbacks as b
        on b.contract_id = a.contract_id and b.outcome = a.outcome
        and in_force(a.outcome_date, b.from_date, b.to_date)
    where a.stands
),
judged as (
    select
        a.claim_id, t.other_id,
        case
            when a.status in ('rejected', 'withdrawn') and a.paid_pence > 0 then a.paid_pence
            when a.paid_pence > a.amount_pence then a.paid_pence - a.amount_pence
            when a.status = 'recovered' and not a.has_credits then null
            when a.status = 'recovered' and not a.credited
                then greatest(coalesce(a.paid_amount_pence, a.amount_pence), 0)
            when t.other_id is not null then if(a.has_credits, a.paid_pence, null)
            when exists (from under as u where u.claim_id = a.claim_id) then
                case
                    when a.client_id is null then null
                    when exists (from under as u where u.claim_id = a.claim_id and u.taken) then
                        case when not a.has_credits then null when a.credited then -1 else a.amount_pence end
                    when exists (from under as u where u.claim_id = a.claim_id and not u.by_outcome)
                        and not exists (from events) then null
                    else -1
                end
            else -1
        end as pence,
        a.amount_pence,
        a.status in ('rejected', 'withdrawn') and a.paid_pence > 0 or a.paid_pence > a.amount_pence
            or coalesce(a.status, '') = 'recovered' and not a.credited as earlier
    from asked as a left join twice as t using (claim_id)
)
select claim_id as subject_id, pence >= 0 as flagged, claim_id, least(pence, amount_pence) as at_risk_pence
from judged
union all
select claim_id, true, other_id, 0 from judged where pence >= 0 and other_id is not null and not earlier
