-- What was typed when a session was over: encrypted, named by a keyed hash, gone after twelve hours.
create table draft (
    name bytea primary key,
    sealed bytea not null,
    kept_at timestamptz not null default clock_timestamp()
);

create index session_of on session (officer_id);
