-- The read model, accounts and sessions. Ids, codes, dates and document numbers only: names are looked up at rendering.

create table case_view (
    case_id uuid primary key,
    stage text not null check (stage in (
        'registered', 'proposed', 'transferred', 'received', 'returned', 'confirmed', 'open', 'taken', 'accepted',
        'refused', 'decided', 'closed', 'guided', 'filed', 'split', 'dispatched'
    )),
    -- Last version of each service's aggregate of this case, for expected versions and for waiting after a command.
    versions jsonb not null,
    channel text not null,
    -- Receipt at the authority that has the letter now, and the first receipt anywhere, which never moves.
    received_on date not null,
    first_received_on date not null,
    letter_on date,
    postmark_on date,
    signed boolean not null,
    receiving_authority_id text not null,
    registered_by text,
    forwarded_by text,
    forwarding_number text,
    under_slip boolean not null,
    -- The envelope this content was separated from; shown from the more protected content only (services/portal/policy.py).
    split_from uuid,
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
    -- Number of the last legal act, and of each act by its notice.
    document_number text,
    documents jsonb not null,
    accepted_on date,
    signed_by text,
    ground text,
    outcome text,
    -- Notices that the sender still waits for.
    owed text[] not null,
    transferred_by text,
    transferred_from text,
    to_body text,
    closed_on date,
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
create index case_to_confirm on case_view (confirmer_authority_id, due_on, case_id)
    where stage in ('proposed', 'transferred', 'returned');
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
create index stuck_by_case on stuck_view (held_case_id);

-- Suggestion boxes that were opened with minutes; letters are registered from them.
create table box_view (
    box_id uuid primary key,
    authority_id text not null,
    opened_on date not null,
    letters integer not null,
    minutes_number text not null,
    opened_by text[] not null
);
create index box_by_authority on box_view (authority_id, opened_on desc, box_id);

-- How many slips a superior's registry issued; their numbers are nowhere.
create table slips_view (
    slips_id uuid primary key,
    authority_id text not null,
    issued_at timestamptz not null,
    count integer not null,
    issued_by text not null
);
create index slips_by_authority on slips_view (authority_id, issued_at desc, slips_id);

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

-- Queues that a case stands in, as those see them who watch over many authorities.
create function case_queues(given case_view, today date) returns setof text language sql stable as $$
    select queue.name
    from (values
        ('classification', given.stage in ('proposed', 'transferred', 'received', 'returned')),
        ('acceptance', given.stage in ('confirmed', 'open', 'taken')),
        ('due_soon', given.due_on between today and today + 3),
        ('overdue', given.due_on < today),
        ('unacknowledged', exists (
            select from alert_view where alert_view.case_id = given.case_id and acknowledged_at is null
        )),
        ('stuck', exists (select from stuck_view where held_case_id = given.case_id))
    ) as queue (name, waits)
    where waits and given.stage not in ('closed', 'guided', 'filed', 'split', 'dispatched')
$$;
