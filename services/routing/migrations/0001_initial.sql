-- What is proposed and decided for each letter. Ids and codes only.
create table classification (
    case_id uuid primary key,
    version integer not null,
    status text not null check (status in ('proposed', 'confirmed', 'transferred', 'guided', 'filed', 'split')),
    receiving_authority_id text not null,
    confirmer_authority_id text not null,
    -- Receipt at the receiving authority; its clocks count from here.
    received_on date not null,
    -- First receipt anywhere; never moves.
    first_received_on date not null check (first_received_on <= received_on),
    channel text not null,
    signed boolean not null,
    against text[] not null,
    excluded text[] not null,
    -- A denunciation is not ruled out.
    possible boolean not null,
    kind text,
    level smallint not null,
    competent_authority_id text,
    holder_id text,
    reasons text[] not null,
    alternatives text[] not null,
    confidence double precision not null,
    abstained boolean not null,
    transferred boolean not null,
    from_authority_id text,
    to_authority_id text,
    dispatched_on date,
    -- A confirmed classification names kind, competence and holder: no case is without its five clears.
    constraint confirmed_is_complete check (
        status <> 'confirmed' or (kind is not null and competent_authority_id is not null and holder_id is not null)
    ),
    constraint transferred_is_dated check (status <> 'transferred' or (transferred and dispatched_on is not null))
);

-- Numbers of papers that left with a transfer or a guidance, per authority and year.
create table paper (
    authority_id text not null,
    year smallint not null,
    document_number text not null,
    case_id uuid not null references classification,
    primary key (authority_id, year, document_number)
);
