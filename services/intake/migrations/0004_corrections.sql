-- A received day that was entered wrongly is corrected by a paper; the reason is sealed.
alter table petition
    -- The day on which the desk recorded it. Null: from before this column.
    add column recorded_on date,
    -- The authority whose desk received it first, and the one above whose desk classified it in its place.
    add column desk_id text,
    add column above_id text,
    -- Officers from whom the letter is hidden. Null: nobody has proposed yet who that is.
    add column hidden_from text[],
    -- Who resolves it, once confirmed.
    add column resolver_id text,
    -- Legal day of the earliest act done after the receipt.
    add column acted_on date;
update petition set desk_id = authority_id,
    above_id = case when not transferred then nullif(registry_id, authority_id) end;
alter table petition alter column desk_id set not null;

-- Corrections in their order; the version is the one that the petition had after it.
create table correction (
    case_id uuid not null references petition,
    version integer not null,
    was_on date not null,
    received_on date not null,
    document_number text not null,
    document_on date not null,
    corrected_by text not null,
    key_id uuid not null unique,
    ciphertext bytea not null,
    primary key (case_id, version),
    constraint it_corrects check (received_on <> was_on)
);
