with shared as (
    select 'bank_account' as kind, bank_account as value, * from clients
    union all select 'phone', phone, * from clients
    union all select 'email', email, * from clients
),
meant as (
    select
        *,
        coalesce('person:' || person_ref, 'client:' || client_id) as person,
        family_name is null or postcode is null as unknown
    from shared
    where len(regexp_replace(value, '[^A-Za-z0-9]', '', 'g')) >= 6
        and not regexp_matches(regexp_replace(value, '[^A-Za-z0-9]', '', 'g'), '^0*$')
),
counted as (
    select *
    from meant
    where not unknown
    qualify row_number() over (
        partition by kind, value, provider_id, person order by referral_date nulls last, client_id
    ) = 1
),
flagged as (
    select
        kind, value, provider_id,
        arg_min(client_id, (coalesce(referral_date, date '9999-12-31'), client_id)) as first_client,
        count(distinct postcode) > 1 as many_places
    from counted
    group by kind, value, provider_id
    having count(distinct (family_name, postcode)) >= 5
),
everybody as (
    select
        kind, value,
        count(distinct provider_id) = 1 and count(distinct advisor_id) = 1 and count(advisor_id) = count(*) as one_hand
    from meant group by kind, value
)
select
    concat_ws('/', provider_id, kind, first_client) as subject_id, true as flagged,
    null as claim_id, 0 as at_risk_pence, if(one_hand and many_places, 'high', 'info') as severity
from flagged join everybody using (kind, value)
union all
select client_id, if(unknown, null, false), null, 0, null from meant
