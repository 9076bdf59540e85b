with facts as (
    -- Four terms, tried on every claim by the terms in force on its own outcome date.
    select
        c.*, o.kind, o.max_per_client, o.outcome is not null as known,
        case
            when o.window_low_days is null then true
            when k.contract_id = c.contract_id and k.start_date is not null then
                days_between(k.start_date, c.outcome_date, o.business_days)
                    between o.window_low_days and o.window_high_days
        end as in_window,
        case
            when o.threshold is null then true
            when o.direction = 'at_most' then c.measured_value <= o.threshold
            else c.measured_value >= o.threshold
        end as reached,
        o.claim_within_days is null
            or days_between(c.outcome_date, c.submitted_date, o.business_days) <= o.claim_within_days as in_time,
        c.outcome_date between t.start_date and t.end_date as in_contract
    from claim as c
    left join outcomes as o
        on o.contract_id = c.contract_id and o.outcome = c.outcome
        and in_force(c.outcome_date, o.from_date, o.to_date)
    left join contracts as t on t.contract_id = c.contract_id
    left join clients as k on k.client_id = c.client_id
    where c.tier = 'prime' and c.amount_pence >= 0
),
refused as (select * from facts where status in ('rejected', 'withdrawn')),
pairs as (
    select
        l.claim_id, l.client_id, l.known, e.claim_id as earlier_id, e.submitted_date as earlier_submitted,
        l.outcome_date <> e.outcome_date as moved,
        l.outcome_date <> e.outcome_date or l.measured_value <> e.measured_value as moved_or_measured,
        [
            (e.in_window, l.in_window), (e.in_time, l.in_time), (e.in_contract, l.in_contract)
        ] as dated_terms,
        e.reached as earlier_reached, l.reached as later_reached
    from facts as l
    join refused as e
        on e.client_id is not distinct from l.client_id and e.contract_id = l.contract_id
        and e.outcome = l.outcome and e.claim_id <> l.claim_id
        and (
            l.resubmits_claim_id = e.claim_id
            or (
                e.submitted_date < l.submitted_date and l.client_id is not null
                and (l.max_per_client = 1 or not l.known)
            )
        )
    where l.stands and coalesce(l.kind, '') <> 'cohort'
),
compared as (
    select
        *,
        case
            when not known or client_id is null then null
            when (moved and list_bool_or([not t[1] and t[2] for t in dated_terms]))
                or (moved_or_measured and not earlier_reached and later_reached) then true
            when list_bool_or([moved and not t[1] and t[2] is null for t in dated_terms]) then null
            else false
        end as sure,
        -- Each term: a difference where the earlier fails and the later passes, unknown where a value lacks.
        moved and (not dated_terms[1][1] and dated_terms[1][2]) as w,
        moved and (not dated_terms[2][1] and dated_terms[2][2]) as d,
        moved and (not dated_terms[3][1] and dated_terms[3][2]) as c,
        moved_or_measured and (not earlier_reached and later_reached) as m
    from pairs
),
each_pair as (
    select
        *, case when known and client_id is not null then w or d or c or m end as flagged
    from compared
),
told as (
    select
        claim_id,
        case
            when bool_or(flagged) then true when count(*) filter (flagged is null) > 0 then null else false
        end as flagged,
        arg_min(earlier_id, (-(earlier_submitted - date '1900-01-01'), earlier_id)) filter (flagged) as told_id
    from each_pair group by claim_id
)
select t.claim_id as subject_id, t.flagged, t.claim_id, p.amount_pence as at_risk_pence
from told as t join claims as p using (claim_id)
union all
select claim_id, true, told_id, 0 from told where flagged
