-- Queries of routing. Parameters by number.

-- name: load
-- States of these cases, locked in id order. $1 case ids
select *, status as stage from classification where case_id = any($1::uuid[]) order by case_id for update;

-- name: save
-- Whole states, set-based. What the reading said stays as it was. $1 array of states
insert into classification (
    case_id, version, status, receiving_authority_id, confirmer_authority_id, received_on, first_received_on, channel,
    signed, named, against, excluded, possible, cleared, kind, level, competent_authority_id, holder_id, reasons,
    alternatives, confidence, abstained, transferred, from_authority_id, to_authority_id, dispatched_on
)
select case_id, version, stage, receiving_authority_id, confirmer_authority_id, received_on, first_received_on, channel,
    signed, named, against, excluded, possible, cleared, kind, level, competent_authority_id, holder_id, reasons,
    alternatives, confidence, abstained, transferred, from_authority_id, to_authority_id, dispatched_on
from json_to_recordset($1::json) as row (
    case_id uuid, version int, stage text, receiving_authority_id text, confirmer_authority_id text, received_on date,
    first_received_on date, channel text, signed bool, named bool, against text[], excluded text[], possible bool,
    cleared bool, kind text, level smallint, competent_authority_id text, holder_id text, reasons text[],
    alternatives text[], confidence float8, abstained bool, transferred bool, from_authority_id text,
    to_authority_id text, dispatched_on date
)
on conflict (case_id) do update set
    version = excluded.version, status = excluded.status,
    receiving_authority_id = excluded.receiving_authority_id,
    confirmer_authority_id = excluded.confirmer_authority_id, received_on = excluded.received_on,
    first_received_on = excluded.first_received_on,
    excluded = excluded.excluded, possible = excluded.possible, cleared = excluded.cleared, kind = excluded.kind, level = excluded.level,
    competent_authority_id = excluded.competent_authority_id, holder_id = excluded.holder_id,
    abstained = excluded.abstained, transferred = excluded.transferred,
    from_authority_id = excluded.from_authority_id, to_authority_id = excluded.to_authority_id,
    dispatched_on = excluded.dispatched_on;

-- name: claim_number
-- The number of a paper; no row when the authority has used it in that year. $1 authority, $2 year, $3 number, $4 case
insert into paper (authority_id, year, document_number, case_id) values ($1, $2, $3, $4)
on conflict do nothing returning true;

-- name: confirmed_without_holder
-- Law 4: confirmed classifications without person or authority.
select count(*) from classification
where status = 'confirmed' and (holder_id is null or competent_authority_id is null);

-- name: awaiting_confirmation
-- Proposals that wait for a named person.
select count(*) from classification where status = 'proposed';

-- name: on_their_way
-- Letters dispatched inside the house and neither received nor returned yet.
select count(*) from classification where status = 'transferred' and to_authority_id is not null;
