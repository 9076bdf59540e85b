with numbered as (select row_number() over () as cap_number, * from caps),
under as (
    select
        p.*, n.cap_number, n.cap_pence,
        (n.per = 'client' and p.client_id is null) or (n."group" is not null and k."group" is null) as unknown,
        case
            when n.per = 'client' then p.client_id
            when n.per = 'contract_year' then (
                year(p.outcome_date) - (
                    -- 29 February is kept on 1 March where a year has none.
                    p.outcome_date < make_date(year(p.outcome_date), month(c.start_date), 1)
                        + (day(c.start_date) - 1)::integer
                )::int
            )::varchar
            else ''
        end as counted_apart
    from prime as p
    join contracts as c using (contract_id)
    left join clients as k using (client_id)
    join numbered as n
        on n.contract_id = p.contract_id
        and (len(n.outcomes) = 0 or list_contains(n.outcomes, p.outcome))
        and in_force(p.outcome_date, n.from_date, n.to_date)
        and (n."group" is null or k."group" is null or k."group" = n."group")
),
summed as (
    select
        claim_id, amount_pence,
        least(
            amount_pence,
            sum(amount_pence) over (
                partition by cap_number, counted_apart order by outcome_date, submitted_date, claim_id
                rows unbounded preceding
            ) - cap_pence
        ) as excess
    from under where not unknown
),
volume as (
    select row_number() over () as volume_number, *, list_max([b.up_to for b in bands]) as most
    from volumes where len(bands) > 0
),
banded as (
    select
        p.claim_id, p.amount_pence, v.most,
        row_number() over (
            partition by v.volume_number order by p.outcome_date, p.submitted_date, p.claim_id
        ) as place
    from prime as p
    join volume as v
        on v.contract_id = p.contract_id and v.outcome = p.outcome
        and in_force(p.outcome_date, v.from_date, v.to_date)
),
answers as (
    select claim_id, null::boolean as flagged, 0 as excess from under where unknown
    union all
    select claim_id, excess > 0, excess from summed
    union all
    select claim_id, place > most, if(place > most, amount_pence, 0) from banded
)
select
    claim_id as subject_id,
    case when bool_or(flagged) then true when count(*) filter (flagged is null) > 0 then null else false end
        as flagged,
    claim_id, max(excess) filter (flagged) as at_risk_pence
from answers
group by claim_id
