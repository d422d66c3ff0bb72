-- Queries of intake. Parameters by number.

-- name: add_petition
insert into petition (
    case_id, version, channel, authority_id, received_on, letter_on, postmark_on, signed, registered_by
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: add_capsules
insert into capsule (case_id, capsule, key_id, ciphertext)
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[]);

-- name: add_receipt
insert into receipt (code_hash, case_id, pin_hash) values ($1, $2, $3);

-- name: lock_petitions
-- What an event about a case may change, locked in id order. $1 case ids
select case_id, version, authority_id, register_number from petition
where case_id = any($1::uuid[]) order by case_id for update;

-- name: save_petitions
-- Readers, kind and number after events, set-based.
update petition set version = new.version, readers = string_to_array(new.readers, ' '), purpose = new.purpose,
    kind = coalesce(new.kind, petition.kind), register_number = coalesce(new.number, petition.register_number)
from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
    as new (case_id, version, readers, purpose, kind, number)
where petition.case_id = new.case_id;

-- name: draw_numbers
-- The last of $4 consecutive numbers of a register. $1 authority, $2 register, $3 year
insert into series (authority_id, register, year, last) values ($1, $2, $3, $4)
on conflict (authority_id, register, year) do update set last = series.last + excluded.last
returning last;

-- name: receipt_of
-- The receipt behind a code's hash. $1 hash
select case_id, pin_hash, failed_tries, locked_until > clock_timestamp() as locked from receipt where code_hash = $1;

-- name: count_failed_try
-- A wrong PIN; the fifth in a row locks the receipt for a quarter of an hour.
update receipt set failed_tries = (failed_tries + 1) % 5,
    locked_until = case when failed_tries >= 4 then clock_timestamp() + interval '15 minutes' else locked_until end
where code_hash = $1;

-- name: forget_failed_tries
update receipt set failed_tries = 0 where code_hash = $1 and failed_tries > 0;

-- name: openable
-- What a person may open now. $1 case, $2 officer
select petition.version, petition.purpose, capsule.key_id, capsule.ciphertext
from petition join capsule using (case_id)
where case_id = $1 and capsule.capsule = 'working_text' and $2 = any(petition.readers)
for update of petition;

-- name: count_opening
-- How often this person opened something in this hour of machine time. $1 officer
insert into opening (officer_id, hour, count) values ($1, date_trunc('hour', clock_timestamp()), 1)
on conflict (officer_id, hour) do update set count = opening.count + 1
returning count;

-- name: bump_version
update petition set version = $2 where case_id = $1;

-- name: receipts_without_petition
-- Law 1: receipts given for which no petition is kept.
select count(*) from receipt left join petition using (case_id) where petition.case_id is null;

-- name: petitions_without_capsules
-- Petitions whose three capsules are not all there.
select count(*) from petition
where 3 <> (select count(*) from capsule where capsule.case_id = petition.case_id);

-- name: series_gaps
-- Numbers drawn and not used by any petition.
select coalesce(sum(series.last), 0) - (select count(register_number) from petition) from series;

-- name: count_petitions
select count(*) from petition;
