with counted as (
    select
        t.*,
        (
            select count(*) from activities as a
            where a.client_id = t.client_id and a.activity_date <= t.outcome_date
        ) as contacts,
        coalesce(t.subcontractor_id, t.provider_id) in (select provider_id from activities) as reports
    from prime_terms as t
    where not t.known or t.minimum_contacts > 0
)
select
    claim_id as subject_id,
    case
        when not known or client_id is null then null
        when contacts >= minimum_contacts then false
        when not reports then null
        else true
    end as flagged,
    claim_id, amount_pence as at_risk_pence
from counted
