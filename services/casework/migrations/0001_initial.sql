-- One row per case: who holds it, at which authority, how far it is. Ids and codes only.
create table case_file (
    case_id uuid primary key,
    version integer not null,
    state text not null check (state in ('open', 'taken', 'accepted')),
    kind text not null,
    level smallint not null,
    authority_id text not null,
    holder_id text not null,
    received_on date not null,
    excluded_officers text[] not null,
    barred_officers text[] not null,
    document_number text,
    accepted_on date,
    signed_by text,
    -- A legal act has its document, its date and its signer.
    constraint acceptance_is_documented check (
        state <> 'accepted' or (document_number is not null and accepted_on is not null and signed_by is not null)
    ),
    -- Nobody holds a case from which the law keeps him away.
    constraint holder_is_free check (not holder_id = any (excluded_officers || barred_officers))
);

-- A document number is used once per authority.
create unique index document_number_once on case_file (authority_id, document_number)
    where document_number is not null;
