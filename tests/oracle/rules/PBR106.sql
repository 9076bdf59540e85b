with asked as (
    select * from prime_terms where not known or (kind = 'sustainment' and interval_days is not null)
),
point as (
    select
        a.claim_id,
        arg_min(e.claim_id, (-(e.outcome_date - date '1900-01-01'), (e.outcome <> a.outcome)::int, e.claim_id))
            as point_id,
        max(e.outcome_date) as point_date
    from asked as a
    join prime as e
        on e.client_id = a.client_id and e.contract_id = a.contract_id
        and (
            (e.outcome = a.outcome and e.outcome_date < a.outcome_date)
            or (list_contains(a.requires, e.outcome) and e.outcome_date <= a.outcome_date)
        )
    group by a.claim_id
),
judged as (
    select
        a.claim_id, a.amount_pence, p.point_id,
        case
            when a.known and a.client_id is not null
                then coalesce(a.outcome_date - p.point_date < a.interval_days, false)
        end as flagged
    from asked as a left join point as p using (claim_id)
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence from judged
union all
select claim_id, true, point_id, 0 from judged where flagged
