-- What is proposed and confirmed for each case. Ids and codes only.
create table classification (
    case_id uuid primary key,
    version integer not null,
    status text not null check (status in ('proposed', 'confirmed')),
    receiving_authority_id text not null,
    confirmer_authority_id text not null,
    received_on date not null,
    against text[] not null,
    hidden_from text[] not null,
    kind text,
    level smallint not null,
    competent_authority_id text,
    holder_id text,
    -- A confirmed classification names kind, competence and holder: no case is without its five clears.
    constraint confirmed_is_complete check (
        status = 'proposed' or (kind is not null and competent_authority_id is not null and holder_id is not null)
    )
);
