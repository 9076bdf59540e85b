with rated as (
    select
        b.claim_id, b.parent_claim_id, b.amount_pence, r.open, r.price_pence, r.otherwise_paid,
        p.claim_id as prime_id, p.stands and p.amount_pence >= 0 as prime_lives,
        coalesce(p.client_id = b.client_id, false) as same_client,
        (
            select max(l.rate)::decimal(18, 6) from supply_chain as l
            where l.contract_id = b.contract_id and l.subcontractor_id = b.deliverer_id
                and in_force(b.outcome_date, l.from_date, l.to_date)
        ) as rate
    from behind as b
    join priced as r using (claim_id)
    left join claim as p on p.claim_id = b.parent_claim_id and p.tier = 'prime'
),
judged as (
    select
        *, rounded_pence(price_pence * rate) as due,
        case
            when prime_id is null or not same_client or open or price_pence is null or rate is null then null
            else abs(amount_pence - rounded_pence(price_pence * rate)) > 1
                and not exists (
                    from factor as f
                    where f.claim_id = rated.claim_id
                        and abs(amount_pence - rounded_pence(rounded_pence(price_pence * f.factor) * rate)) <= 1
                )
        end as flagged
    from rated
    where not otherwise_paid and (prime_id is null or prime_lives or not same_client)
)
select
    if(flagged, prime_id, claim_id) as subject_id, flagged, claim_id,
    greatest(amount_pence - due, 0) as at_risk_pence
from judged
union all
select distinct prime_id, true, prime_id, 0 from judged where flagged
