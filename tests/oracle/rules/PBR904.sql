with capped as (
    select contract_id, min(cap_pence) as cap_pence
    from caps
    where per = 'contract' and len(outcomes) = 0 and "group" is null and from_date is null and to_date is null
    group by contract_id
),
kinds as (
    select
        contract_id,
        -- What no calendar has is of the kind that it is written like, else a kind of its own.
        count(distinct case
            when regexp_full_match(period, '\d{4}-Q\d') then 'quarter'
            when regexp_full_match(period, '\d{4}-\d\d') then 'month'
            when regexp_full_match(period, '\d{4}') then 'year'
            else 'none'
        end) > 1
        or count(*) > count(distinct (provider_id, outcome, period)) as cannot_be_added
    from performance group by contract_id
),
summed as (
    select
        p.*, k.cannot_be_added, c.cap_pence,
        p.planned_amount_pence >= 0 is true as has_plan,
        sum(coalesce(p.amount_pence, 0)) over (
            partition by p.contract_id order by p.period, p.provider_id, p.outcome, p.amount_pence
            rows unbounded preceding
        ) as so_far
    from performance as p
    join kinds as k using (contract_id)
    left join capped as c using (contract_id)
)
select
    concat_ws('/', provider_id, contract_id, outcome, period) as subject_id,
    case
        when amount_pence is null then null
        when has_plan and amount_pence > planned_amount_pence then true
        when cap_pence is null then false
        when cannot_be_added then if(has_plan, false, null)
        else amount_pence > 0 and so_far > cap_pence
    end as flagged,
    null as claim_id,
    if(
        has_plan and amount_pence > planned_amount_pence, amount_pence - planned_amount_pence,
        least(amount_pence, so_far - cap_pence)
    ) as at_risk_pence
from summed
where has_plan or cap_pence is not null
