with pairs as (
    select
        b.claim_id, b.amount_pence, p.claim_id as prime_id, p.amount_pence as prime_pence,
        p.stands and p.amount_pence >= 0 as prime_lives,
        sum(b.amount_pence) over (
            partition by p.claim_id order by b.outcome_date, b.submitted_date, b.claim_id
            rows unbounded preceding
        ) as so_far,
        sum(b.amount_pence) over (partition by p.claim_id) as together
    from behind as b
    left join claim as p on p.claim_id = b.parent_claim_id and p.tier = 'prime'
),
judged as (
    select *, case when prime_id is not null then together > prime_pence end as flagged
    from pairs where prime_id is null or prime_lives
)
select
    if(flagged, prime_id, claim_id) as subject_id, flagged, claim_id,
    greatest(least(amount_pence, so_far - prime_pence), 0) as at_risk_pence
from judged
union all
select distinct prime_id, true, prime_id, 0 from judged where flagged
