with recursive listed as (
    select 'employer' as kind, employer_id as id, org_id, nullif(parent_id, employer_id) as parent_id, false as public
    from employers
    union all
    select 'provider', provider_id, org_id, nullif(parent_id, provider_id), coalesce(sector = 'public', false)
    from providers
),
organisation as (
    select *, coalesce('number ' || org_id, kind || ' ' || id) as org from listed
),
owned as (
    select distinct
        o.org,
        coalesce(
            same_table.org, other_table.org,
            (select min(n.org) from organisation as n where n.org_id = o.parent_id),
            'outside ' || o.parent_id
        ) as owner
    from organisation as o
    left join organisation as same_table on same_table.id = o.parent_id and same_table.kind = o.kind
    left join organisation as other_table on other_table.id = o.parent_id and other_table.kind <> o.kind
    where o.parent_id is not null
),
above (org, owner) as (
    select org, org from organisation
    union
    select a.org, o.owner from above as a join owned as o on o.org = a.owner
),
public_owner as (select distinct org from organisation where public),
asked as (select * from prime where employer_id is not null),
chain as (
    select claim_id, provider_id as member from asked
    union
    select claim_id, deliverer_id from asked
    union
    select a.claim_id, c.prime_id from asked as a join contracts as c using (contract_id)
    union
    select a.claim_id, l.subcontractor_id
    from asked as a
    join supply_chain as l
        on l.contract_id = a.contract_id and in_force(a.outcome_date, l.from_date, l.to_date)
),
tied as (
    select distinct a.claim_id
    from asked as a
    join organisation as e on e.kind = 'employer' and e.id = a.employer_id
    join chain as c using (claim_id)
    join organisation as m on m.kind = 'provider' and m.id = c.member
    join above as from_employer on from_employer.org = e.org
    join above as from_member on from_member.org = m.org and from_member.owner = from_employer.owner
    where from_employer.owner in (e.org, m.org) or from_employer.owner not in (from public_owner)
),
placed as (
    select kind, id, org_id is not null or parent_id is not null as placed from listed
)
select
    a.claim_id as subject_id,
    case
        when not has_column('providers', 'provider_id') then null
        when a.claim_id in (from tied) then true
        when e.placed and d.placed then false
    end as flagged,
    a.claim_id, a.amount_pence as at_risk_pence
from asked as a
left join placed as e on e.kind = 'employer' and e.id = a.employer_id
left join placed as d on d.kind = 'provider' and d.id = a.deliverer_id
