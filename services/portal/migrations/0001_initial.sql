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
-- Open cases are few and ended ones many, so every way in knows which of them it looks for.
create index case_open_by_person on case_view (person_id, due_on, case_id)
    where stage not in ('closed', 'guided', 'filed', 'split', 'dispatched');
create index case_open_by_authority on case_view (authority_id, due_on, case_id)
    where stage not in ('closed', 'guided', 'filed', 'split', 'dispatched');
create index case_to_sign on case_view (authority_id, due_on, case_id) where stage = 'taken';
create index case_to_confirm on case_view (stage, confirmer_authority_id, due_on, case_id)
    where stage in ('proposed', 'transferred', 'returned');
create index case_denounced on case_view (first_received_on, authority_id) include (hidden_from, stage)
    where kind = 'denunciation';
-- Law 4: stays empty.
create index case_unclear on case_view (case_id)
    where stage not in ('closed', 'guided', 'filed', 'split', 'dispatched')
        and '' in (person_id, task, authority_id, due_rule, expected_result);

-- Law 7: those alerted before they were excluded; nearly empty.
create index case_alerted_hidden on case_view (case_id) include (hidden_from) where hidden_from && alerted;

-- Every case once for each tag of its audience, in the orders of the lists: whoever looks reads the first rows of his own
-- tags, be they many or none. Kept by the projection; the policy is still asked of each row of `case_view`.
create table case_tag (
    case_id uuid not null,
    tag text not null,
    ended boolean not null,
    due_on date not null,
    register_number text collate "C",
    primary key (case_id, tag)
);
create index tag_by_due on case_tag (tag, ended, due_on, case_id);
create index tag_by_number on case_tag (tag, register_number, case_id) where register_number is not null;

create view tagged as
select
    case_id, tag, stage in ('closed', 'guided', 'filed', 'split', 'dispatched') as ended, due_on,
    register_number collate "C" as register_number
from case_view cross join unnest(audience) as own (tag);

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
create index alert_waiting_by_case on alert_view (case_id) where acknowledged_at is null;
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
create function case_queues(stage text, due_on date, unacknowledged boolean, stuck boolean, today date)
returns setof text language sql immutable as $$
    select queue.name
    from (values
        ('classification', stage in ('proposed', 'transferred', 'received', 'returned')),
        ('acceptance', stage in ('confirmed', 'open', 'taken')),
        ('due_soon', due_on between today and today + 3),
        ('overdue', due_on < today),
        ('unacknowledged', unacknowledged),
        ('stuck', stuck)
    ) as queue (name, waits)
    where waits and stage not in ('closed', 'guided', 'filed', 'split', 'dispatched')
$$;

-- Open cases as they are counted: who may see one, and everything that a queue asks of it.
create view standing as
select case_id, place.*, sha256(convert_to(place::text, 'UTF8')) as standing
from case_view cross join lateral (
    select
        authority_id, stage, due_on,
        exists (
            select from alert_view where alert_view.case_id = case_view.case_id and acknowledged_at is null
        ) as unacknowledged,
        exists (select from stuck_view where held_case_id = case_view.case_id) as stuck,
        audience, hidden_from
) as place
where case_view.stage not in ('closed', 'guided', 'filed', 'split', 'dispatched');

-- How many open cases stand alike, kept by the projection, so that a figure costs what it tells apart, not what is open.
create table tally (
    standing bytea primary key,
    authority_id text not null,
    stage text not null,
    due_on date not null,
    unacknowledged boolean not null,
    stuck boolean not null,
    audience text[] not null,
    hidden_from text[] not null,
    cases integer not null check (cases > 0)
);
create index tally_by_authority on tally (authority_id);
