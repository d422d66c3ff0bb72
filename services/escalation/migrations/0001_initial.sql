-- Cases that are watched. Ids, codes and dates only.
create table watched_case (
    case_id uuid primary key,
    version integer not null,
    -- 'closed' marks that no clock runs and none will.
    stage text not null check (stage in ('letter', 'confirmed', 'accepted', 'settled', 'closed')),
    kind text,
    holder_id text not null,
    hidden_from text[] not null,
    -- First receipt anywhere: total waiting is counted from it and nothing moves it.
    received_on date not null,
    received_here_on date not null,
    -- The notice whose proof ends the live clock.
    notice text,
    constraint notice_follows_settlement check (notice is null or stage = 'settled')
    -- Room on the page for the next version of a row, which then needs no new index entries.
) with (fillfactor = 80);
create index case_watched on watched_case (case_id) where stage <> 'closed';

-- Terms and where their ladders stand.
create table clock (
    clock_id uuid primary key,
    case_id uuid not null references watched_case,
    rule text not null,
    authority_id text not null,
    starts_on date not null,
    due_on date not null,
    due_at timestamptz not null,
    correlation_id uuid not null,
    traceparent text not null,
    step integer not null check (step >= 0),
    next_rung text,
    next_fire_at timestamptz,
    reached text,
    awaited_id text,
    unheard boolean not null,
    live boolean not null,
    ended_on date,
    -- Every live clock has a next rung, an ended one has none.
    constraint live_has_next_rung check (live = (next_fire_at is not null) and live = (next_rung is not null)),
    constraint ended_has_a_day check (live = (ended_on is null))
    -- A ladder climbs within its page: no column that it moves is indexed, see firing.
) with (fillfactor = 80);
create index clock_of_case on clock (case_id);
-- A case has one live clock at a time.
create unique index clock_live_once on clock (case_id) where live;

-- One row for each live clock, at its next_fire_at: what is due lies together, however much is open. Written in the same
-- statement as the clock, which is the truth; no foreign key, since its check costs as much as the row.
create table firing (
    next_fire_at timestamptz not null,
    clock_id uuid not null,
    primary key (next_fire_at, clock_id)
);

-- Rungs that fired; each once for each person.
create table rung (
    clock_id uuid not null references clock,
    step integer not null,
    recipient_id text not null,
    rung text not null,
    fired_at timestamptz not null,
    primary key (clock_id, step, recipient_id)
);
