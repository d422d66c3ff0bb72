-- The ledger. Entries are only ever added: the service's role cannot change or delete one.
create table entry (
    number bigint primary key,
    event_id uuid not null unique,
    stream_sequence bigint not null,
    content text not null,
    previous bytea not null,
    hash bytea not null,
    constraint hashes_are_sha256 check (length(previous) = 32 and length(hash) = 32)
);
revoke update, delete on entry from donthu_audit;

-- The end of the chain; its row lock makes one writer out of many partitions.
create table head (
    single boolean primary key default true check (single),
    epoch integer not null,
    number bigint not null,
    hash bytea not null
);

-- Heads that were signed: a deletion at the end shows against the last of them.
create table signed_head (
    number bigint primary key,
    hash bytea not null,
    signed_at timestamptz not null,
    signature bytea not null
);
revoke update, delete on signed_head from donthu_audit;

-- Last version seen of every aggregate, to notice an event that never arrived.
create table aggregate (
    service text not null,
    aggregate_id uuid not null,
    version integer not null,
    primary key (service, aggregate_id)
);

-- Events whose version did not follow the one before.
create table version_gap (
    event_id uuid primary key,
    noticed_at timestamptz not null default clock_timestamp()
);
