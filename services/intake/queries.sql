-- Queries of intake. Parameters by number.

-- name: add_petitions
-- Fresh petitions. $1 version, $2 array of entries as JSON
insert into petition (
    case_id, version, channel, authority_id, received_on, letter_on, postmark_on, signed, registered_by,
    forwarded_by, forwarding_on, at_authority_id, at_since, registry_id, transferred, recorded_on, desk_id
)
select case_id, $1, channel, authority_id, received_on, letter_on, postmark_on, signed, registered_by,
    forwarded_by, forwarding_on, authority_id, at_since, authority_id, transferred, recorded_on, desk_id
from json_to_recordset($2::json) as entry (
    case_id uuid, channel text, authority_id text, received_on date, letter_on date, postmark_on date, signed bool,
    registered_by text, forwarded_by text, forwarding_on date, at_since date, transferred bool, recorded_on date,
    desk_id text
);

-- name: add_capsules
insert into capsule (case_id, capsule, key_id, ciphertext)
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[]);

-- name: add_receipts
insert into receipt (code_hash, case_id, pin_hash) select * from unnest($1::bytea[], $2::uuid[], $3::bytea[]);

-- name: lock_petitions
-- What an event about a case may change, locked in id order. $1 case ids
select case_id, version, at_authority_id, at_since, registry_id, readers, purpose, holder_id, transferred, parts,
    kind, register_number, desk_id, above_id, hidden_from as excluded, resolver_id, acted_on
from petition where case_id = any($1::uuid[]) order by case_id for update;

-- name: save_petitions
-- Petitions after events, set-based. $1 array of petitions as JSON
update petition set version = new.version, at_authority_id = new.at_authority_id, at_since = new.at_since,
    registry_id = new.registry_id, readers = new.readers, purpose = new.purpose, holder_id = new.holder_id,
    transferred = new.transferred, parts = new.parts, kind = new.kind, register_number = new.register_number,
    above_id = new.above_id, hidden_from = new.excluded, resolver_id = new.resolver_id, acted_on = new.acted_on
from json_to_recordset($1::json) as new (
    case_id uuid, version int, at_authority_id text, at_since date, registry_id text, readers text[], purpose text,
    holder_id text, transferred bool, parts int, kind text, register_number text, above_id text, excluded text[],
    resolver_id text, acted_on date
)
where petition.case_id = new.case_id;

-- name: draw_numbers
-- The last of the consecutive numbers drawn of each register. $1 authorities, $2 registers, $3 years, $4 how many
insert into series (authority_id, register, year, last)
select * from unnest($1::text[], $2::text[], $3::int[], $4::int[])
on conflict (authority_id, register, year) do update set last = series.last + excluded.last
returning authority_id, register, year, last;

-- name: skip_numbers
-- After a restore: numbers up to these may have been drawn and are never drawn again.
-- $1 authorities, $2 registers, $3 years, $4 last numbers, $5 epoch
with known as (
    select given.*, coalesce(series.last, 0) as before
    from unnest($1::text[], $2::text[], $3::int[], $4::int[]) as given (authority_id, register, year, last)
    left join series using (authority_id, register, year)
), noted as (
    insert into skipped_number (authority_id, register, year, first, last, epoch)
    select authority_id, register, year, before + 1, last, $5 from known where last > before
    returning authority_id, register, year, last
)
insert into series (authority_id, register, year, last) select * from noted
on conflict (authority_id, register, year) do update set last = excluded.last;

-- name: note_losses
-- What people were given and a restore lost. $1 epoch, $2 JSON array of rows
insert into lost_in_restore (epoch, case_id, petition_kept, authority_id, received_on, register_number)
select $1, case_id, petition_kept, authority_id, received_on, register_number
from jsonb_to_recordset($2::jsonb) as row (
    case_id uuid, petition_kept boolean, authority_id text, received_on date, register_number text
);

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
-- A petition that this person may open now, locked. $1 case, $2 officer
select * from petition where case_id = $1 and $2 = any(readers) for update;

-- name: capsules_of
-- The capsules of a petition. $1 case
select case_id, capsule, key_id, ciphertext from capsule where case_id = $1;

-- name: count_opening
-- How often this person opened something in this hour of machine time. $1 officer
insert into opening (officer_id, hour, count) values ($1, date_trunc('hour', clock_timestamp()), 1)
on conflict (officer_id, hour) do update set count = opening.count + 1
returning count;

-- name: bump_version
update petition set version = $2 where case_id = $1;

-- name: lock_receipt
-- A receipt with what limits its correction, locked. $1 case
select version, received_on, recorded_on, letter_on, postmark_on, forwarding_on, acted_on, desk_id, above_id,
    resolver_id, hidden_from as excluded, kind, transferred, parts
from petition where case_id = $1 for update;

-- name: correct_receipt
-- A corrected day; where the letter lies after a transfer counts from a receipt of its own. $1 case, $2 version, $3 day
update petition set version = $2, received_on = $3, at_since = case when transferred then at_since else $3 end
where case_id = $1;

-- name: add_correction
-- What was corrected, with the sealed reason. $1-$9 columns
insert into correction (
    case_id, version, was_on, received_on, document_number, document_on, corrected_by, key_id, ciphertext
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: shut_envelope
-- A separated letter: nobody reads it any more. $1 case, $2 version, $3 parts
update petition set version = $2, parts = $3, readers = '{}' where case_id = $1;

-- name: add_box
-- Minutes of an opening; no row when the authority already has minutes of that number in that year.
insert into box (box_id, authority_id, opened_on, letters, minutes_number, minutes_year, opened_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict on constraint minutes_are_unique do nothing
returning true;

-- name: lock_box
-- A box of an authority. $1 box, $2 authority
select opened_on, letters, registered from box where box_id = $1 and authority_id = $2 for update;

-- name: count_letter_of_box
update box set registered = registered + 1 where box_id = $1;

-- name: add_slips
-- Fresh slips. $1 hashes, $2 authority
insert into slip (code_hash, authority_id) select hash, $2 from unnest($1::bytea[]) as hash;

-- name: lock_slip
-- A slip of an authority. $1 hash, $2 authority
select case_id from slip where code_hash = $1 and authority_id = $2 for update;

-- name: use_slip
update slip set case_id = $2 where code_hash = $1;

-- name: receipts_without_petition
-- Law 1: receipts given for which no petition is kept.
select count(*) from receipt left join petition using (case_id) where petition.case_id is null;

-- name: petitions_without_capsules
-- Petitions whose three capsules are not all there.
select count(*) from petition
left join (select case_id, count(*) as capsules from capsule group by case_id) as kept using (case_id)
where kept.capsules is distinct from 3;

-- name: series_gaps
-- Numbers drawn and not used by any petition; those that a restore skipped are accounted for.
select coalesce(sum(series.last), 0) - (select count(register_number) from petition)
    - (select coalesce(sum(last - first + 1), 0) from skipped_number)
from series;

-- name: count_petitions
select count(*) from petition;

-- name: boxes_short
-- Boxes from which fewer letters were registered than the minutes say; no violation while the desk is at it.
select count(*) from box where registered < letters;
