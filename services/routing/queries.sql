-- Queries of routing. Parameters by number.

-- name: load
-- States of these cases, locked in id order. $1 case ids
select * from classification where case_id = any($1::uuid[]) order by case_id for update;

-- name: save
-- Whole states, set-based.
insert into classification (
    case_id, version, status, receiving_authority_id, confirmer_authority_id, received_on, against, hidden_from,
    kind, level, competent_authority_id, holder_id
)
select case_id, version, status, receiving_authority_id, confirmer_authority_id, received_on,
    string_to_array(against, ' '), string_to_array(hidden_from, ' '), kind, level, competent_authority_id, holder_id
from unnest(
    $1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[],
    $9::text[], $10::int[], $11::text[], $12::text[]
) as row (
    case_id, version, status, receiving_authority_id, confirmer_authority_id, received_on, against, hidden_from,
    kind, level, competent_authority_id, holder_id
)
on conflict (case_id) do update set
    version = excluded.version, status = excluded.status, kind = excluded.kind, level = excluded.level,
    confirmer_authority_id = excluded.confirmer_authority_id, hidden_from = excluded.hidden_from,
    competent_authority_id = excluded.competent_authority_id, holder_id = excluded.holder_id;

-- name: incomplete_confirmations
-- Law 4: confirmed classifications without person or authority.
select count(*) from classification
where status = 'confirmed' and (holder_id is null or competent_authority_id is null);

-- name: waiting_confirmations
-- Proposals that wait for a named person.
select count(*) from classification where status = 'proposed';
