-- Queries of casework. Parameters by number.

-- name: load
-- States of these cases, locked in id order. $1 case ids
select *, state as stage, excluded_officers as excluded, barred_officers as barred from case_file where case_id = any($1::uuid[]) order by case_id for update;

-- name: save
-- Whole states, set-based. $1 array of states as JSON
insert into case_file (
    case_id, version, state, resumes, kind, level, authority_id, holder_id, received_on,
    excluded_officers, barred_officers, owed, accepted_on, settled_on, told_on, closed_on, marks, moved_on
)
select case_id, version, stage, resumes, kind, level, authority_id, holder_id, received_on,
    excluded, barred, owed, accepted_on, settled_on, told_on, closed_on, marks, moved_on
from json_to_recordset($1::json) as row (
    case_id uuid, version int, stage text, resumes text, kind text, level smallint, authority_id text,
    holder_id text, received_on date, excluded text[], barred text[], owed text[], accepted_on date,
    settled_on date, told_on date, closed_on date, marks text[], moved_on date
)
on conflict (case_id) do update set
    version = excluded.version, state = excluded.state, resumes = excluded.resumes, holder_id = excluded.holder_id,
    received_on = excluded.received_on,
    owed = excluded.owed, accepted_on = excluded.accepted_on, settled_on = excluded.settled_on,
    told_on = excluded.told_on, closed_on = excluded.closed_on, marks = excluded.marks, moved_on = excluded.moved_on;

-- name: note_corrections
-- Corrections of receipts. $1 case ids, $2 versions of the petitions, $3 days before, $4 days after
insert into corrected_receipt (case_id, version, was_on, received_on)
select * from unnest($1::uuid[], $2::int[], $3::date[], $4::date[]) on conflict do nothing;

-- name: corrections
-- Corrections of these cases' receipts, in their order. $1 case ids
select case_id, was_on, received_on from corrected_receipt
where case_id = any($1::uuid[]) order by case_id, version;

-- name: claim_number
-- Whether the number is the case's, now or already; a paper may be sent as the notice of itself.
-- $1 authority, $2 confidential, $3 year, $4 number, $5 case
with mine as (
    select 1 from document where case_id = $5 and number = $4
), claimed as (
    insert into document (authority_id, confidential, year, number, case_id)
    select $1, $2, $3, $4, $5 where not exists (select from mine)
    on conflict do nothing returning 1
)
select exists (select from mine) or exists (select from claimed);

-- name: counters
-- Laws 4 and 7, and figures.
select
    count(*) filter (where holder_id = any (excluded_officers || barred_officers)) as excluded_holder,
    count(*) filter (where state = 'closed' and cardinality(owed) > 0) as closed_with_notice_owed,
    count(*) filter (where accepted_on is null and settled_on is null) as awaiting_acceptance,
    count(*) filter (where settled_on is null) as awaiting_decision,
    count(*) filter (where cardinality(owed) > 0) as notice_owed,
    count(*) filter (where state <> 'closed') as open_cases
from case_file;
