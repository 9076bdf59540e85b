with judged as (
    select
        t.claim_id, t.amount_pence, p.price_pence,
        case
            when not t.known or p.open then null
            when p.price_pence is null then true
            else t.amount_pence <> p.price_pence
                and not exists (
                    from factor as f
                    where f.claim_id = t.claim_id and rounded_pence(p.price_pence * f.factor) = t.amount_pence
                )
        end as flagged
    from prime_terms as t
    join priced as p using (claim_id)
    where not p.otherwise_paid
)
select
    claim_id as subject_id, flagged, claim_id,
    greatest(amount_pence - coalesce(price_pence, 0), 0) as at_risk_pence
from judged
