with placed as (
    select
        *,
        row_number() over of_all as place,
        first_value(claim_id) over of_all as first_of_all,
        first_value(outcome_date) over of_all as first_date,
        row_number() over of_day as place_of_day,
        first_value(claim_id) over of_day as first_of_day
    from prime_terms
    window
        of_all as (
            partition by client_id, contract_id, outcome order by outcome_date, submitted_date, claim_id
        ),
        of_day as (
            partition by client_id, contract_id, outcome, outcome_date order by submitted_date, claim_id
        )
),
judged as (
    select
        *,
        case
            when client_id is null then null
            when max_per_client = 1 then place > 1
            when place_of_day > 1 then true
            when not known and outcome_date > first_date then null
            else false
        end as flagged
    from placed
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence from judged
union all
select claim_id, true, if(max_per_client = 1, first_of_all, first_of_day), 0 from judged where flagged
