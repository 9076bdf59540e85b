with judged as (
    select
        t.*,
        case
            when t.known and k.contract_id = t.contract_id
                then days_between(k.start_date, t.outcome_date, t.business_days)
        end as days
    from prime_terms as t
    left join clients as k using (client_id)
    where not t.known or t.window_low_days is not null
)
select
    claim_id as subject_id, days < window_low_days or days > window_high_days as flagged,
    claim_id, amount_pence as at_risk_pence
from judged
