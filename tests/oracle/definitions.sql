-- What the claims standard says once for all rules ("How rules read the tables"), written again from it.
-- Tables: those of the standard as they were read, and those of the terms; `run` holds the day of the audit,
-- `given` the tables and columns that the source has.

create macro in_force(day, first, last) as
    (first is null or first <= day) and (last is null or day <= last);

-- Mondays to Fridays up to and with a day, counted from a Monday long ago.
create macro weekdays_until(day) as
    5 * ((day - date '1900-01-01') // 7) + least((day - date '1900-01-01') % 7 + 1, 5);

-- Days from one to another: from a Friday to the Monday after it is one working day.
create macro days_between(first, last, business_days) as
    case when business_days then weekdays_until(last) - weekdays_until(first) else last - first end;

create macro rounded_pence(pence) as floor(pence + 0.5)::bigint;

create macro has_column(t, c) as exists (from given where given.table_name = t and given.column_name = c);

-- A reversal takes the claim that it names out; so does a correction. No claim takes itself out.
create view taken_back as
select distinct named as claim_id
from (
    select claim_id, reverses_claim_id as named from claims where amount_pence < 0
    union all
    select claim_id, supersedes_claim_id from claims
)
where named <> claim_id;

create view claim as
select
    *,
    coalesce(subcontractor_id, provider_id) as deliverer_id,
    coalesce(status, 'submitted') in ('submitted', 'paid')
        and claim_id not in (select claim_id from taken_back) as stands
from claims;

create view live as select * from claim where stands and amount_pence >= 0;
create view prime as select * from live where tier = 'prime';
create view behind as select * from live where tier = 'subcontractor';

-- A claim with the terms of its outcome on its outcome date; `known` says whether the terms have the outcome.
create view prime_terms as
select p.*, o.* exclude (contract_id, outcome), o.outcome is not null as known
from prime as p
left join outcomes as o
    on o.contract_id = p.contract_id and o.outcome = p.outcome
    and in_force(p.outcome_date, o.from_date, o.to_date);

-- The price in force for any claim: for a known group that of the group, else the one for all; for an unknown
-- group the one that applies whatever the group is, else it is `open`.
create view priced as
with applying as (
    select
        c.claim_id,
        count(p.price_pence) as n,
        count(distinct p.price_pence) as amounts,
        min(p.price_pence) as the_one,
        max(p.price_pence) filter (p."group" = k."group") as of_group,
        max(p.price_pence) filter (p."group" is null) as for_all,
        bool_or(p."group" is not null) as by_group,
        -- The outcome is paid for each outcome avoided or for a cohort, whether or not a price is in force.
        c.claim_id in (
            select o.claim_id
            from claims as o join prices as q using (contract_id, outcome)
            where q.per <> 'claim'
        ) as otherwise_paid,
        any_value(k."group") as client_group
    from claims as c
    left join clients as k using (client_id)
    left join prices as p
        on p.contract_id = c.contract_id and p.outcome = c.outcome
        and in_force(c.outcome_date, p.from_date, p.to_date)
    group by c.claim_id
)
select
    claim_id,
    otherwise_paid,
    client_group is null and amounts > 1 as open,
    case when client_group is not null then coalesce(of_group, for_all) when amounts = 1 then the_one end
        as price_pence
from applying;

-- The factors of the volume bands that the terms have for a claim's outcome on its date.
create view factor as
select distinct c.claim_id, band.price_factor::decimal(18, 6) as factor
from claims as c
join volumes as v
    on v.contract_id = c.contract_id and v.outcome = c.outcome
    and in_force(c.outcome_date, v.from_date, v.to_date)
cross join unnest(v.bands) as b(band);

-- Registrations of one person: one person number, or joined by linkage, or both with a third.
create view same_person as
with recursive said as (
    select a.client_id as one, b.client_id as other from clients as a join clients as b using (person_ref)
    union
    select left_client_id, right_client_id from links where person_id is not null
    union
    select right_client_id, left_client_id from links where person_id is not null
),
hangs_together(one, other) as (
    select client_id, client_id from clients
    union
    select h.one, s.other from hangs_together as h join said as s on s.one = h.other
)
select one as client_id, other as other_id from hangs_together;

-- Pairs of registrations that are (`sure`) or may be one person's, each both ways.
create view person_pair as
select
    s.client_id, s.other_id, true as sure,
    if(a.person_ref = b.person_ref, 1.0, l.p_same) as p_same
from same_person as s
join clients as a on a.client_id = s.client_id
join clients as b on b.client_id = s.other_id
left join links as l
    on l.left_client_id = least(s.client_id, s.other_id)
    and l.right_client_id = greatest(s.client_id, s.other_id)
where s.client_id <> s.other_id
union all
select w.client_id, w.other_id, false, w.p_same
from (
    select left_client_id as client_id, right_client_id as other_id, p_same from links where person_id is null
    union all
    select right_client_id, left_client_id, p_same from links where person_id is null
) as w
where (w.client_id, w.other_id) not in (select (client_id, other_id) from same_person);
