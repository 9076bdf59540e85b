with recursive listed as (
    select provider_id, org_id, nullif(parent_id, provider_id) as parent_id from providers
),
organisation as (
    select *, coalesce('number ' || org_id, 'provider ' || provider_id) as org from listed
),
owned as (
    select distinct
        o.org,
        coalesce(
            p.org, (select min(n.org) from organisation as n where n.org_id = o.parent_id), 'outside ' || o.parent_id
        ) as owner
    from organisation as o left join organisation as p on p.provider_id = o.parent_id
    where o.parent_id is not null
),
member as (
    -- Who stands in the terms, also those whom the table of providers does not have.
    select
        m.provider_id, coalesce(o.org, 'provider ' || m.provider_id) as org,
        coalesce(o.org_id is not null or o.parent_id is not null, false) as placed
    from (select prime_id as provider_id from contracts union select subcontractor_id from supply_chain) as m
    left join organisation as o using (provider_id)
),
above (org, owner) as (
    select org, org from member union select org, org from organisation
    union
    select a.org, o.owner from above as a join owned as o on o.org = a.owner
),
tied as (
    select distinct a.org as one, b.org as other from above as a join above as b using (owner)
),
link as (
    select distinct
        c.contract_id, c.prime_id, l.subcontractor_id, p.org as prime_org, s.org as sub_org,
        p.placed as prime_placed, s.placed as sub_placed
    from supply_chain as l
    join contracts as c using (contract_id)
    join member as p on p.provider_id = c.prime_id
    join member as s on s.provider_id = l.subcontractor_id
),
both_sides as (
    select
        l.subcontractor_id,
        bool_or((l.sub_org, p.org) in (from tied)) as flagged,
        bool_and(l.sub_placed) as placed
    from link as l
    left join contracts as c on c.contract_id <> l.contract_id
    left join member as p on p.provider_id = c.prime_id
    group by all
),
within as (
    select
        contract_id, subcontractor_id, (sub_org, prime_org) in (from tied) as flagged,
        prime_placed and sub_placed as placed
    from link
),
pair as (
    select
        least(prime_org, sub_org) as one, greatest(prime_org, sub_org) as other,
        count(distinct prime_org) = 2 as flagged, bool_and(prime_placed and sub_placed) as placed
    from link where prime_org <> sub_org
    group by all
),
named as (
    -- An organisation goes by the first of its ids.
    select org, min(provider_id) as provider_id
    from (select org, provider_id from organisation union select org, provider_id from member)
    group by org
),
reach (org, owner) as (
    select org, owner from owned where org <> owner
    union
    select r.org, o.owner from reach as r join owned as o on o.org = r.owner where o.org <> o.owner
),
circle as (
    select r.org, least(r.org, min(b.org)) as first_org
    from reach as r join reach as b on b.org = r.owner and b.owner = r.org
    group by r.org
),
owner_asked as (
    select
        coalesce(c.first_org, o.org) as org, bool_or(c.org is not null) as flagged,
        min(m.provider_id) as provider_id
    from (select distinct org from owned where org <> owner) as o
    left join circle as c using (org)
    join organisation as m on m.org = o.org
    group by 1
)
select
    subcontractor_id || '/on both sides' as subject_id, if(flagged or placed, flagged, null) as flagged,
    null as claim_id, 0 as at_risk_pence, 'info' as severity
from both_sides
union all
select
    subcontractor_id || '/its own prime in ' || contract_id, if(flagged or placed, flagged, null), null, 0, 'high'
from within
union all
select
    least(a.provider_id, b.provider_id) || '/each other''s with ' || greatest(a.provider_id, b.provider_id),
    if(flagged or placed, flagged, null), null, 0, 'low'
from pair join named as a on a.org = one join named as b on b.org = other
union all
select provider_id || '/its own owner', flagged, null, 0, 'low' from owner_asked
