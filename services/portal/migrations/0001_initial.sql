-- The read model, accounts and sessions. Ids, codes, dates and document numbers only: names are looked up at rendering.

create table case_view (
    case_id uuid primary key,
    stage text not null check (stage in ('registered', 'proposed', 'confirmed', 'open', 'taken', 'accepted')),
    -- Last version of each service's aggregate of this case, for expected versions and for waiting after a command.
    versions jsonb not null,
    channel text not null,
    received_on date not null,
    letter_on date,
    postmark_on date,
    signed boolean not null,
    receiving_authority_id text not null,
    registered_by text,
    register_number text,
    flags text[] not null,
    against text[] not null,
    kind text,
    level smallint not null,
    competent_authority_id text,
    holder_id text,
    rules text[] not null,
    reasons text[] not null,
    alternatives text[] not null,
    confidence double precision not null,
    abstained boolean not null,
    confirmer_authority_id text,
    confirmed_by text,
    document_number text,
    accepted_on date,
    signed_by text,
    -- The five clears (law 4); none may be empty, not even for the moment before a proposal.
    person_id text not null,
    task text not null,
    authority_id text not null,
    due_on date not null,
    due_rule text not null,
    expected_result text not null,
    -- Law 7 and 12: who never gets the row, and who may get it (services/portal/policy.py).
    hidden_from text[] not null,
    barred text[] not null,
    alerted text[] not null,
    audience text[] not null
);
create index case_by_audience on case_view using gin (audience);
create index case_by_due on case_view (due_on, case_id);
create index case_by_person on case_view (person_id, due_on, case_id);
create index case_by_authority on case_view (authority_id, due_on, case_id);
create index case_to_confirm on case_view (confirmer_authority_id, due_on, case_id) where stage = 'proposed';
create index case_by_number on case_view (register_number text_pattern_ops) where register_number is not null;

create table clock_view (
    clock_id uuid primary key,
    case_id uuid not null,
    rule text not null,
    authority_id text not null,
    starts_on date not null,
    due_on date not null,
    due_at timestamptz not null,
    warn_at timestamptz not null,
    amount integer not null,
    unit text not null,
    law_version text not null,
    calendar_version text not null,
    provisional boolean not null,
    warned_at timestamptz,
    breached_at timestamptz,
    ended_on date,
    end_reason text,
    late boolean
);
create index clock_by_case on clock_view (case_id, due_at);
create index clock_due on clock_view (due_at) where ended_on is null;
create index clock_warn on clock_view (warn_at) where ended_on is null and warned_at is null;

create table alert_view (
    alert_id uuid primary key,
    case_id uuid not null,
    clock_id uuid not null,
    rule text not null,
    rung text not null,
    recipient_id text not null,
    due_on date not null,
    acknowledge_by timestamptz not null,
    raised_at timestamptz not null,
    delivered_by text[] not null default '{}',
    acknowledged_at timestamptz,
    acknowledged_by text
);
create index alert_by_case on alert_view (case_id);
create index alert_waiting on alert_view (recipient_id, raised_at, alert_id) where acknowledged_at is null;
create index alert_done on alert_view (recipient_id, acknowledged_at desc) where acknowledged_at is not null;

create table timeline (
    case_id uuid not null,
    sequence bigint not null,
    occurred_at timestamptz not null,
    legal_at date not null,
    type text not null,
    actor_id text not null,
    facts jsonb not null,
    primary key (case_id, sequence)
);

create table stuck_view (
    event_id uuid not null,
    service text not null,
    event_type text not null,
    held_case_id uuid not null,
    error text not null,
    held_at timestamptz not null,
    primary key (event_id, service)
);

create table account (
    username text primary key,
    officer_id text not null unique,
    password_hash text not null
);

create table session (
    token_hash bytea primary key,
    session_id uuid not null unique,
    officer_id text not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    ends_at timestamptz not null
);
create index session_by_end on session (ends_at);
