with counted as (
    select
        *,
        row_number() over (
            partition by client_id, contract_id, outcome order by outcome_date, submitted_date, claim_id
        ) as place
    from prime_terms
),
judged as (
    select *, case when known and client_id is not null then place > max_per_client end as flagged
    from counted where not known or max_per_client > 1
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence from judged
union all
select j.claim_id, true, c.claim_id, 0
from judged as j
join counted as c
    on c.client_id = j.client_id and c.contract_id = j.contract_id and c.outcome = j.outcome and c.place < j.place
where j.flagged and c.claim_id not in (select claim_id from judged where flagged)
