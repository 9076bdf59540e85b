with counting as (
    select t.*, c.result = 'confirmed' and c.verified_value is null as as_claimed, c.verified_value, c.check_date
    from prime_terms as t
    join checks as c on c.claim_id = t.claim_id and c.check_date >= t.outcome_date
    where c.result not in ('unable', 'untraced') and (c.verified_value is not null or c.result = 'confirmed')
        and (not t.known or t.kind <> 'cohort')
),
last as (
    select * from counting
    qualify check_date = max(check_date) over (partition by claim_id)
),
held as (
    select
        claim_id, known, measured_value, threshold, amount_pence, coalesce(direction, 'at_least') as direction,
        bool_or(as_claimed) as as_claimed,
        if(coalesce(direction, 'at_least') = 'at_most', min(verified_value), max(verified_value)) as verified
    from last group by claim_id, known, measured_value, threshold, amount_pence, direction
),
judged as (
    select
        *,
        case
            when threshold is null then true
            when direction = 'at_most' then verified <= threshold
            else verified >= threshold
        end as payment_stands
    from held
)
select
    claim_id as subject_id,
    case
        when not known or measured_value is null then null
        when as_claimed then false
        when direction = 'at_most' then measured_value < verified
        else measured_value > verified
    end as flagged,
    claim_id, if(payment_stands, 0, amount_pence) as at_risk_pence, if(payment_stands, 'info', 'high') as severity
from judged
