with required as (
    select t.claim_id, t.client_id, t.contract_id, t.outcome_date, t.amount_pence, r.outcome as required
    from prime_terms as t cross join unnest(t.requires) as r(outcome)
    where t.known
),
unmet as (
    select * from required as r
    where r.client_id is not null and not exists (
        from prime as e
        where e.client_id = r.client_id and e.contract_id = r.contract_id and e.outcome = r.required
            and e.outcome_date <= r.outcome_date
    )
)
select
    t.claim_id as subject_id,
    case when t.known and t.client_id is not null then t.claim_id in (select claim_id from unmet) end as flagged,
    t.claim_id, t.amount_pence as at_risk_pence
from prime_terms as t
where not t.known or len(t.requires) > 0
