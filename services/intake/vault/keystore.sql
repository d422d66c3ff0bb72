-- The key store's only table, in a database of its own. Erasing a row makes its capsule unreadable for ever.
create table if not exists wrapped_key (
    key_id uuid primary key,
    wrapped bytea not null
);
grant select, insert, delete on wrapped_key to donthu_intake;
