with judged as (
    select
        p.claim_id, p.amount_pence,
        case
            when exists (from behind as b where b.parent_claim_id = p.claim_id) then false
            when exists (
                from claims as s
                where s.tier = 'subcontractor' and s.parent_claim_id is not null
                    and s.contract_id = p.contract_id
                    and coalesce(s.subcontractor_id, s.provider_id) = p.subcontractor_id
            ) then true
        end as flagged
    from prime as p
    where p.subcontractor_id is not null
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence from judged
union all
select j.claim_id, true, s.claim_id, 0
from judged as j join claims as s on s.parent_claim_id = j.claim_id and s.tier = 'subcontractor'
where j.flagged
