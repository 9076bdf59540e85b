with given_days as (
    select
        *,
        period_start is not null and period_end is not null as has_period
    from prime_terms
),
covering as (
    select
        *,
        if(has_period, period_start, outcome_date - interval_days::integer + 1) as first_day,
        if(has_period, period_end, outcome_date) as last_day
    from given_days
    where has_period or not known or kind = 'sustainment'
),
covered as (
    select *, client_id is not null and first_day <= last_day is true and (has_period or known) as assessable
    from covering
),
overlap as (
    select
        l.claim_id,
        arg_min(
            e.claim_id,
            (-(e.last_day - date '1900-01-01'), e.outcome_date, e.submitted_date, e.claim_id)
        ) as earlier_id
    from covered as l
    join covered as e
        on e.client_id = l.client_id and e.assessable
        and (e.outcome_date, e.submitted_date, e.claim_id) < (l.outcome_date, l.submitted_date, l.claim_id)
        and e.first_day <= l.last_day and l.first_day <= e.last_day
    where l.assessable
    group by l.claim_id
)
select
    c.claim_id as subject_id, case when c.assessable then o.earlier_id is not null end as flagged,
    c.claim_id, c.amount_pence as at_risk_pence
from covered as c left join overlap as o using (claim_id)
union all
select claim_id, true, earlier_id, 0 from overlap
