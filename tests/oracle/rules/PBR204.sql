with recursive succession (claim_id, outcome_date, provider_id, steps) as (
    select p.claim_id, p.outcome_date, k.provider_id, 0
    from prime as p join clients as k using (client_id)
    union all
    select s.claim_id, s.outcome_date, v.succeeded_by, s.steps + 1
    from succession as s
    join providers as v
        on v.provider_id = s.provider_id and v.succeeded_by is not null
        and (v.succeeded_on is null or v.succeeded_on <= s.outcome_date)
    where s.steps < 10
),
judged as (
    select
        p.claim_id, p.amount_pence,
        case
            when k.client_id is null then null
            else not exists (
                from succession as s
                where s.claim_id = p.claim_id and s.provider_id in (p.provider_id, p.deliverer_id)
            )
            and not (
                p.subcontractor_id is null and exists (
                    from supply_chain as l
                    where l.contract_id = p.contract_id and l.subcontractor_id = k.provider_id
                        and in_force(p.outcome_date, l.from_date, l.to_date)
                )
            )
        end as flagged
    from prime as p left join clients as k using (client_id)
)
select
    claim_id as subject_id,
    -- Without a column of those who delivered, nobody can be told to be another one.
    if(flagged and not has_column('claims', 'subcontractor_id'), null, flagged) as flagged,
    claim_id, amount_pence as at_risk_pence
from judged
