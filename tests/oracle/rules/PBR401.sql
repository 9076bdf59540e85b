with cited as (select * from prime where evidence_ref is not null and client_id is not null),
other as (
    select
        c.claim_id,
        arg_min(o.claim_id, (o.outcome_date, o.submitted_date, o.claim_id)) as other_id
    from cited as c join cited as o on o.evidence_ref = c.evidence_ref and o.client_id <> c.client_id
    group by c.claim_id
)
select
    p.claim_id as subject_id,
    case when p.evidence_ref is not null and p.client_id is not null then o.other_id is not null end as flagged,
    p.claim_id, p.amount_pence as at_risk_pence
from prime as p left join other as o using (claim_id)
union all
select claim_id, true, other_id, 0 from other
