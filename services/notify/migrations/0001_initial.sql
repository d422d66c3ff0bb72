-- Alerts to officials. Ids, codes and dates only.
create table alert (
    alert_id uuid primary key,
    case_id uuid not null,
    clock_id uuid not null,
    rule text not null,
    rung text not null,
    recipient_id text not null,
    due_on date not null,
    acknowledge_by timestamptz not null,
    correlation_id uuid not null,
    traceparent text not null,
    acknowledged_at timestamptz,
    acknowledged_version integer,
    version integer not null
);
create index alert_waiting on alert (recipient_id) where acknowledged_at is null;

-- The deliveries of each alert, one for each medium that leaves the house. All instants are machine time. A sender holds a lease; without its token it marks nothing.
create table delivery (
    alert_id uuid not null references alert,
    medium text not null,
    created_at timestamptz not null default clock_timestamp(),
    next_try_at timestamptz not null default clock_timestamp(),
    tries integer not null default 0,
    lease_token uuid,
    lease_until timestamptz not null default '-infinity',
    -- The proof: when the server took it and with which reply code.
    sent_at timestamptz,
    reply_code smallint,
    primary key (alert_id, medium),
    constraint proof_is_whole check ((sent_at is null) = (reply_code is null))
);
create index delivery_unsent on delivery (medium, next_try_at) where sent_at is null;
