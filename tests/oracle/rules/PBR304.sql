with registration as (
    select
        k.client_id, k.person_ref, k.end_reason,
        coalesce(k.start_date, k.referral_date) as begins,
        coalesce(k.end_date, max(p.outcome_date)) as ends,
        count(*) over (partition by k.person_ref) as registrations
    from clients as k left join prime as p using (client_id)
    group by k.client_id, k.person_ref, k.end_reason, k.start_date, k.referral_date, k.end_date
),
attachment as (
    select t.*, r.begins, r.ends, r.end_reason, r.person_ref, r.client_id is not null as registered,
        r.person_ref is not null and r.registrations > 50 as nobody
    from prime_terms as t left join registration as r using (client_id)
    where not t.known or t.kind = 'attachment'
),
again as (
    select
        l.claim_id,
        arg_min(
            e.claim_id,
            (-(e.ends - date '1900-01-01'), -(e.outcome_date - date '1900-01-01'), e.claim_id)
        ) as earlier_id
    from attachment as l
    join attachment as e
        on e.person_ref = l.person_ref and e.client_id <> l.client_id
        and (e.begins, e.client_id) < (l.begins, l.client_id)
        and l.begins - e.ends between 0 and 365
        and (
            e.contract_id = l.contract_id
            or (
                e.provider_id = l.provider_id
                and coalesce(e.end_reason, '') not in ('transferred', 'moved')
            )
        )
    where l.known and e.known and not l.nobody
    group by l.claim_id
),
judged as (
    select
        a.claim_id, a.amount_pence, g.earlier_id,
        case
            when not a.known or not a.registered or a.nobody or a.begins is null then null
            when g.earlier_id is not null then true
            when a.person_ref is null then null
            else false
        end as flagged
    from attachment as a left join again as g using (claim_id)
)
select claim_id as subject_id, flagged, claim_id, amount_pence as at_risk_pence from judged
union all
select claim_id, true, earlier_id, 0 from judged where flagged
