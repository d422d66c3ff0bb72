-- Queries of audit. Parameters by number.

-- name: begin_chain
-- The first head of an installation; does nothing later. $1 genesis hash
insert into head (epoch, number, hash) values (1, 0, $1) on conflict do nothing;

-- name: lock_head
select number, hash from head for update;

-- name: add_entries
-- Entries, and the head on the last of them. $1-$6 columns, $7 number and $8 hash of the last
with moved as (update head set number = $7, hash = $8)
insert into entry (number, event_id, stream_sequence, content, previous, hash)
select * from unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[]);

-- name: open_epoch
-- The epoch that a restore opens. $1 epoch
update head set epoch = $1;

-- name: epoch
select epoch from head;

-- name: aggregates
-- Last versions of the aggregates in a batch. $1 services, $2 aggregate ids
select service, aggregate_id, version from aggregate
where (service, aggregate_id) in (select * from unnest($1::text[], $2::uuid[]));

-- name: save_aggregates
insert into aggregate (service, aggregate_id, version)
select * from unnest($1::text[], $2::uuid[], $3::int[])
on conflict (service, aggregate_id) do update set version = greatest(aggregate.version, excluded.version);

-- name: add_gaps
insert into version_gap (event_id) select unnest($1::uuid[]) on conflict do nothing;

-- name: last_signed
select number, signed_at from signed_head order by number desc limit 1;

-- name: unsigned
-- Entries after the last signed head, and its age.
select
    head.number - coalesce(last.number, 0) as entries,
    extract(epoch from clock_timestamp() - last.signed_at)::float8 as seconds
from head left join lateral (
    select number, signed_at from signed_head order by number desc limit 1
) as last on true;

-- name: add_signed_head
insert into signed_head (number, hash, signed_at, signature) values ($1, $2, $3, $4) on conflict do nothing;

-- name: entries
-- A page of the chain. $1 after this number, $2 at most this many
select number, event_id, content, previous, hash from entry where number > $1 order by number limit $2;

-- name: signed_heads
select number, hash, signed_at, signature from signed_head order by number;

-- name: unlinked_entries
-- Law 11: recent entries that do not name the hash of the one before.
select count(*) from (
    select previous, lag(hash) over (order by number) as expected
    from (select number, previous, hash from entry order by number desc limit 1000) as recent
) as pair
where expected is not null and previous <> expected;

-- name: head_off_end
-- 1 when the head is not the last entry.
select count(*) from head
where number <> coalesce((select max(number) from entry), 0);

-- name: free_text_entries
-- Law 3: recent entries that say something no closed vocabulary can say (a blank, a letter that is not ours).
select count(*) from (select content from entry order by number desc limit 1000) as recent
where content ~ '[^!-~Đ]';

-- name: acts_without_person
-- Laws 9 and 11: recent acts that only a named person may do, and nobody is named. $1 types
select count(*) from (select content::jsonb as content from entry order by number desc limit 1000) as recent
where content ->> 'type' = any($1::text[]) and content ->> 'actor' = '';

-- name: count_gaps
select count(*) from version_gap;
