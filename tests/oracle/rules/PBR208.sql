with judged as (
    select
        p.claim_id, p.amount_pence, p.job_start_date, k.referral_date,
        case
            when k.contract_id <> p.contract_id or k.start_date is null then null
            else p.job_start_date < k.start_date and not exists (
                from clients as o
                where o.client_id <> k.client_id and o.person_ref = k.person_ref
                    and o.contract_id = k.contract_id and o.start_date <= p.job_start_date
            )
        end as flagged
    from prime as p left join clients as k using (client_id)
    where p.job_start_date is not null
)
select
    claim_id as subject_id, flagged, claim_id,
    if(referral_date <= job_start_date, 0, amount_pence) as at_risk_pence,
    if(referral_date <= job_start_date, 'info', 'high') as severity
from judged
