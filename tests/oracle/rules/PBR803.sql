with pairs as (
    select
        coalesce(b.parent_claim_id, b.claim_id) as row_id, b.claim_id, p.claim_id as prime_id,
        (p.claim_id is not null and not p.live_one) as parent_not_live,
        case
            when p.claim_id is null then null
            when b.outcome <> p.outcome or b.outcome_date <> p.outcome_date or b.client_id <> p.client_id
                or b.measured_value <> p.measured_value then true
            when (b.client_id is null) <> (p.client_id is null)
                or (b.measured_value is null) <> (p.measured_value is null) then null
            else false
        end as differs
    from behind as b
    left join (
        select *, stands and amount_pence >= 0 as live_one from claim where tier = 'prime'
    ) as p on p.claim_id = b.parent_claim_id
),
judged as (
    select
        row_id,
        case
            when bool_or(differs) then true when count(*) filter (differs is null) > 0 then null else false
        end as flagged
    from pairs where not parent_not_live
    group by row_id
)
select row_id as subject_id, flagged, row_id as claim_id, 0 as at_risk_pence from judged
union all
select row_id, true, claim_id, 0 from pairs where differs and not parent_not_live
