with by_group as (
    -- Claims of outcomes whose price goes by a group.
    select t.*
    from prime_terms as t
    where not t.known or exists (
        from prices as p
        where p.contract_id = t.contract_id and p.outcome = t.outcome and p."group" is not null
    )
),
latest as (
    select
        b.claim_id,
        count(distinct coalesce(r."group", '')) = 1 as agree,
        min(r."group") as referral_group
    from by_group as b
    join referrals as r
        on r.client_id = b.client_id and r.contract_id = b.contract_id and r.decision = 'accepted'
        and r.referral_date = (
            select max(l.referral_date) from referrals as l
            where l.client_id = b.client_id and l.contract_id = b.contract_id and l.decision = 'accepted'
                and l.referral_date <= b.outcome_date
        )
    group by b.claim_id
),
compared as (
    select
        b.claim_id, b.amount_pence,
        case when b.known and l.agree and k."group" is not null and l.referral_group is not null then true end
            as judged,
        (
            select coalesce(
                max(p.price_pence) filter (p."group" = k."group"), max(p.price_pence) filter (p."group" is null)
            )
            from prices as p
            where p.contract_id = b.contract_id and p.outcome = b.outcome
                and in_force(b.outcome_date, p.from_date, p.to_date)
        ) as price_now,
        (
            select coalesce(
                max(p.price_pence) filter (p."group" = l.referral_group),
                max(p.price_pence) filter (p."group" is null)
            )
            from prices as p
            where p.contract_id = b.contract_id and p.outcome = b.outcome
                and in_force(b.outcome_date, p.from_date, p.to_date)
        ) as price_then
    from by_group as b
    left join clients as k using (client_id)
    left join latest as l using (claim_id)
)
select
    claim_id as subject_id,
    case
        when judged and price_now is not null and price_then is not null
            then price_now > price_then and amount_pence > price_then
    end as flagged,
    claim_id,
    least(amount_pence - price_then, price_now - price_then) as at_risk_pence
from compared
