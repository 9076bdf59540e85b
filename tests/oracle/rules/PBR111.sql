with named_provider as (
    select provider_id from providers
    union select prime_id from contracts
    union select subcontractor_id from supply_chain
),
there as (
    select
        exists (from contracts) as terms, exists (from providers) as providers, exists (from clients) as clients
),
judged as (
    select
        c.claim_id, c.amount_pence,
        case
            when c.amount_pence < 0 then not exists (
                from claims as o
                where o.claim_id = c.reverses_claim_id and o.claim_id <> c.claim_id and o.tier = 'prime'
            )
            when not (t.terms or t.providers or t.clients) then null
            else
                (t.terms and c.contract_id not in (select contract_id from contracts))
                or (
                    c.contract_id in (select contract_id from contracts)
                    and (c.contract_id, c.outcome) not in (select (contract_id, outcome) from outcomes)
                )
                or (t.providers and c.provider_id not in (select provider_id from named_provider))
                or (
                    t.providers and c.subcontractor_id is not null
                    and c.subcontractor_id not in (select provider_id from named_provider)
                )
                or (
                    t.clients and c.client_id is not null
                    and c.client_id not in (select client_id from clients)
                )
        end as flagged
    from claim as c, there as t
    where c.stands and c.tier = 'prime'
)
select claim_id as subject_id, flagged, claim_id, greatest(amount_pence, 0) as at_risk_pence from judged
