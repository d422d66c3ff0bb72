-- Events are written once. What waits and what was sent are rows of two numbers beside them: marking an event as sent used
-- to write all of it a second time. A service's role may add events and can neither change nor delete one.
--
-- Services of the version before may still run: their events are queued too; their relay, which looks for the column that
-- is gone, publishes nothing any more and marks nothing, until one of this version publishes in its place.

lock table outbox in access exclusive mode;
drop index outbox_unsent;
create table outbox_unsent (
    number bigint primary key
);
create table outbox_sent (
    number bigint primary key,
    stream_sequence bigint not null
);
insert into outbox_unsent select number from outbox where stream_sequence is null;
insert into outbox_sent select number, stream_sequence from outbox where stream_sequence is not null;
alter table outbox drop column stream_sequence;

create function queue_unsent() returns trigger language plpgsql set search_path from current as $$ begin
    insert into outbox_unsent select number from added;
    return null;
end $$;
create trigger queued after insert on outbox referencing new table as added
    for each statement execute function queue_unsent();

do $$ begin
    execute format('revoke update, delete on outbox from %I', 'donthu_' || current_schema);
end $$;
