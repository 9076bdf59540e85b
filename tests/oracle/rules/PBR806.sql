with of_links as (
    select l.contract_id, l.subcontractor_id, l.promised_share::decimal(18, 6) as share, r.*
    from supply_chain as l
    join (select referral_id, provider_id, referral_date, contract_id as of_contract from referrals) as r
        on r.of_contract = l.contract_id and in_force(r.referral_date, l.from_date, l.to_date)
    where l.promised_share > 0
),
counted as (
    select
        contract_id, subcontractor_id, sum(share) as promised,
        count(*) filter (
            o.provider_id = o.subcontractor_id or exists (
                from providers as p
                where p.succeeded_on <= o.referral_date and (
                    p.provider_id = o.subcontractor_id and p.succeeded_by = o.provider_id
                    or p.provider_id = o.provider_id and p.succeeded_by = o.subcontractor_id
                )
            )
        ) as got
    from of_links as o
    group by all
),
says_who as (
    select distinct contract_id
    from referrals as r join supply_chain as l using (contract_id)
    where l.subcontractor_id = r.provider_id
)
select
    concat_ws('/', l.subcontractor_id, l.contract_id) as subject_id,
    case
        when l.contract_id not in (from says_who) then null
        when coalesce(c.promised, 0) < 20 then null
        else 2 * c.got < c.promised
    end as flagged,
    null as claim_id, 0 as at_risk_pence
from (select distinct contract_id, subcontractor_id from supply_chain where promised_share > 0) as l
left join counted as c using (contract_id, subcontractor_id)
where l.contract_id in (select contract_id from referrals)
