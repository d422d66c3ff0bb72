-- Tables that every service keeps in its own schema for its work with the stream. Applied by `donthu migrate`.

-- Last stream sequence whose effects are committed, per partition; written in the transaction that holds the effects.
create table position (
    partition smallint primary key check (partition between 0 and 15),
    sequence bigint not null default 0
);
insert into position (partition) select generate_series(0, 15);

-- Events already applied; catches a republication that the stream's own duplicate window missed. Kept 30 days.
create table inbox (
    event_id uuid primary key,
    received_at timestamptz not null default clock_timestamp()
);
create index inbox_by_age on inbox (received_at);

-- Events decided and not to be lost; the number is drawn while the case row is locked, so it orders the events of a case.
create table outbox (
    number bigint generated always as identity primary key,
    event_id uuid not null unique,
    case_id uuid not null,
    subject text not null,
    headers text not null,
    body text not null,
    created_at timestamptz not null default clock_timestamp(),
    stream_sequence bigint
);
create index outbox_unsent on outbox (number) where stream_sequence is null;

-- The one active relay holds a lease; a writer without the token marks nothing.
create table relay_lease (
    single boolean primary key default true check (single),
    token uuid,
    until timestamptz not null default '-infinity'
);
insert into relay_lease default values;

-- Events that could not be digested, and the later events of the same case that wait behind them.
create table held (
    event_id uuid primary key,
    -- Order of arrival; sequences may begin anew after a stream was lost.
    place bigint generated always as identity,
    sequence bigint not null,
    partition smallint not null,
    case_id uuid not null,
    event_type text not null,
    subject text not null,
    headers text not null,
    body bytea not null,
    error text not null,
    tries integer not null default 0,
    next_try_at timestamptz not null,
    held_at timestamptz not null default clock_timestamp()
);
create index held_by_case on held (case_id, place);
create index held_due on held (next_try_at);

-- Answers already given, by actor, command and idempotency key. Kept 30 days.
create table command_log (
    actor_id text not null,
    command text not null,
    key uuid not null,
    fingerprint bytea not null,
    reply text,
    answered_at timestamptz not null default clock_timestamp(),
    primary key (actor_id, command, key)
);
create index command_log_by_age on command_log (answered_at);

-- Which realm this schema belongs to; a service refuses any other.
create table realm (
    single boolean primary key default true check (single),
    tag text not null
);
