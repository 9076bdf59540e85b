select
    t.claim_id as subject_id,
    case
        when t.known and k.client_id is not null and has_column('clients', 'end_date')
            then coalesce(t.outcome_date > k.end_date, false)
    end as flagged,
    t.claim_id, t.amount_pence as at_risk_pence
from prime_terms as t left join clients as k using (client_id)
where not t.known or not t.claimable_after_end
