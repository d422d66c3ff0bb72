-- Queries of casework. Parameters by number.

-- name: load
-- States of these cases, locked in id order. $1 case ids
select * from case_file where case_id = any($1::uuid[]) order by case_id for update;

-- name: save
-- Whole states, set-based.
insert into case_file (
    case_id, version, state, kind, level, authority_id, holder_id, received_on,
    excluded_officers, barred_officers, document_number, accepted_on, signed_by
)
select case_id, version, state, kind, level, authority_id, holder_id, received_on,
    string_to_array(excluded_officers, ' '), string_to_array(barred_officers, ' '),
    document_number, accepted_on, signed_by
from unnest(
    $1::uuid[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::date[],
    $9::text[], $10::text[], $11::text[], $12::date[], $13::text[]
) as row (
    case_id, version, state, kind, level, authority_id, holder_id, received_on,
    excluded_officers, barred_officers, document_number, accepted_on, signed_by
)
on conflict (case_id) do update set
    version = excluded.version, state = excluded.state, holder_id = excluded.holder_id,
    document_number = excluded.document_number, accepted_on = excluded.accepted_on, signed_by = excluded.signed_by;

-- name: number_taken
-- Whether another case of the authority bears this document number. $1 authority, $2 number, $3 case
select exists (
    select 1 from case_file where authority_id = $1 and document_number = $2 and case_id <> $3
);

-- name: held_by_excluded
-- Law 7: cases whose holder the law keeps away.
select count(*) from case_file where holder_id = any (excluded_officers || barred_officers);

-- name: open_cases
select count(*) from case_file where state <> 'accepted';
