with death as (
    select client_id, max(start_date) as died from events where event = 'death' group by client_id
)
select
    p.claim_id as subject_id,
    case
        when p.client_id is not null and exists (from death) then coalesce(p.outcome_date > d.died, false)
    end as flagged,
    p.claim_id, p.amount_pence as at_risk_pence
from prime as p left join death as d using (client_id)
