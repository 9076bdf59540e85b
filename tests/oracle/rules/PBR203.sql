with away as (
    select distinct t.claim_id
    from prime_terms as t
    join run as r on true
    join events as e
        on e.client_id = t.client_id and list_contains(t.ineligible_during, e.event)
        and t.outcome_date between e.start_date and coalesce(e.end_date, r.as_of)
    where t.known
)
select
    claim_id as subject_id,
    case
        when not known or client_id is null then null
        when claim_id in (select claim_id from away) then true
        when not list_has_all((select coalesce(list(distinct event), []) from events), ineligible_during) then null
        else false
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from prime_terms
where not known or len(ineligible_during) > 0
