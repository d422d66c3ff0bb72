-- Cases that are watched. Ids, codes and dates only.
create table watched_case (
    case_id uuid primary key,
    version integer not null,
    kind text not null,
    holder_id text not null,
    hidden_from text[] not null,
    -- First receipt anywhere: total waiting is counted from it and nothing moves it.
    received_on date not null,
    accepted_on date
);

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
);
create index clock_of_case on clock (case_id);
create index clock_due on clock (next_fire_at, clock_id) where live;

-- Rungs that fired; each once for each person.
create table rung (
    clock_id uuid not null references clock,
    step integer not null,
    recipient_id text not null,
    rung text not null,
    fired_at timestamptz not null,
    primary key (clock_id, step, recipient_id)
);
