-- Queries of escalation. Parameters by number.

-- name: load_cases
-- Watched cases, locked in id order. $1 case ids
select *, stage as phase, hidden_from as excluded from watched_case where case_id = any($1::uuid[]) order by case_id for update;

-- name: load_clocks
-- Clocks of cases that the caller has locked. $1 case ids
select * from clock where case_id = any($1::uuid[]) order by starts_on, live, clock_id;

-- name: save_cases
-- Whole cases, set-based; the day of first receipt moves only when it is corrected. $1 rows as JSON
insert into watched_case (
    case_id, version, stage, kind, holder_id, hidden_from, received_on, received_here_on, level, transferred
)
select case_id, version, phase, kind, holder_id, excluded, received_on, received_here_on, level, transferred
from json_to_recordset($1::json) as row (
    case_id uuid, version int, phase text, kind text, holder_id text, excluded text[], received_on date,
    received_here_on date, level smallint, transferred bool
)
on conflict (case_id) do update set
    version = excluded.version, stage = excluded.stage, kind = excluded.kind, holder_id = excluded.holder_id,
    hidden_from = excluded.hidden_from, received_on = excluded.received_on,
    received_here_on = excluded.received_here_on, notice = null, level = excluded.level,
    transferred = excluded.transferred;

-- name: save_clocks
-- Clocks with their places in the queue, set-based; only a paper moves a term, its ladder climbs. The caller has locked the cases,
-- so that the clocks stand as this statement sees them. $1 rows as JSON
with given as materialized (select * from json_populate_recordset(null::clock, $1::json)),
left_place as (
    delete from firing using given, clock
    where clock.clock_id = given.clock_id and clock.next_fire_at is distinct from given.next_fire_at
        and firing.next_fire_at = clock.next_fire_at and firing.clock_id = clock.clock_id
),
new_place as (
    insert into firing (next_fire_at, clock_id)
    select next_fire_at, clock_id from given where next_fire_at is not null
    on conflict do nothing
)
insert into clock select * from given
on conflict (clock_id) do update set
    step = excluded.step, next_rung = excluded.next_rung, next_fire_at = excluded.next_fire_at,
    reached = excluded.reached, awaited_id = excluded.awaited_id, unheard = excluded.unheard,
    live = excluded.live, ended_on = excluded.ended_on, duty = excluded.duty, due_on = excluded.due_on,
    due_at = excluded.due_at, extended = excluded.extended,
    counted_from = excluded.counted_from, remaining = excluded.remaining, paused_on = excluded.paused_on;

-- name: climb_clocks
-- Ladders of claimed clocks and their places in the queue, set-based. $1 rows as JSON
with climbed as materialized (select * from json_populate_recordset(null::clock, $1::json)),
moved as (
    update firing set next_fire_at = climbed.next_fire_at
    from climbed, clock
    where clock.clock_id = climbed.clock_id
        and firing.next_fire_at = clock.next_fire_at and firing.clock_id = clock.clock_id
)
update clock set
    step = climbed.step, next_rung = climbed.next_rung, next_fire_at = climbed.next_fire_at,
    reached = climbed.reached, awaited_id = climbed.awaited_id, unheard = climbed.unheard
from climbed where clock.clock_id = climbed.clock_id;

-- name: by_index
-- For the rest of the transaction rows are found by index alone and in its order: cost depends on what is due, never on
-- what is open.
select set_config(setting, 'off', true)
from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_sort']) as setting;

-- name: claim_due
-- Clocks whose next rung is due, locked; others' are left to them. A clock that another ticker or the reader moved since
-- this look began is no longer where the queue had it and drops out once locked: that is what `between` compares, and not
-- `=`, which the planner takes for a rarity for which it would sort all that is due. $1 case time, $2 most rows
select clock.* from firing join clock using (clock_id)
where firing.next_fire_at <= $1 and clock.next_fire_at between firing.next_fire_at and firing.next_fire_at
order by firing.next_fire_at, firing.clock_id limit $2 for update of clock skip locked;

-- name: claim_cases
-- Cases of claimed clocks, locked; one that the reader has in hand is left for the next look. $1 case ids
select case_id, version, holder_id, hidden_from as excluded from watched_case
where case_id = any($1::uuid[]) for update skip locked;

-- name: move_versions
-- New versions of claimed cases. $1 case ids, $2 versions
update watched_case set version = moved.version
from unnest($1::uuid[], $2::int[]) as moved (case_id, version) where watched_case.case_id = moved.case_id;

-- name: record_rungs
-- Rungs that fired; a second firing for the same person is an error. $1-$5 columns
insert into rung (clock_id, step, recipient_id, rung, fired_at)
select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[]);

-- name: next_due
-- The next instant at which a rung is due.
select min(next_fire_at) from firing;

-- name: wait_for_batch
-- Returns when no batch of events is in hand: the reader holds these rows until it commits.
select partition from position order by partition for share;

-- name: counters
-- Laws 5 and 6, and figures. $1 case time
select
    (
        select count(*) from clock
        where live and due_at <= $1 and (
            next_fire_at is null or (next_fire_at > $1 and coalesce(reached, 'warn_holder') = 'warn_holder')
        )
    ) as overdue_without_live_rung,
    (
        select count(*) from watched_case
        where stage <> 'closed'
            and not exists (select from clock where clock.case_id = watched_case.case_id and live)
    ) as open_case_without_clock,
    (
        select count(*) from clock join watched_case using (case_id) where live and stage = 'closed'
    ) as closed_case_with_clock,
    (select count(*) from clock where live and (next_fire_at is null or next_rung is null)) as clock_without_next_rung,
    (
        select count(*) from firing
        full join (select clock_id, next_fire_at from clock where live) as ticking using (clock_id, next_fire_at)
        where firing.clock_id is null or ticking.clock_id is null
    ) as firing_out_of_step,
    (select count(*) from clock where live and unheard) as live_clock_nobody_hears,
    (select count(*) from clock where live) as live_clocks,
    (select count(*) from clock where live and due_at > $1 and due_at <= $1 + interval '3 days') as due_soon,
    (select count(*) from clock where live and due_at <= $1) as overdue;
