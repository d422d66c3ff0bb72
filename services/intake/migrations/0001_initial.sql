-- Petitions, their sealed capsules, receipts and the registers' number series.

-- One row per letter. No identity, no text: those are in capsules, under keys that are not in this database.
create table petition (
    case_id uuid primary key,
    version integer not null,
    channel text not null,
    authority_id text not null,
    received_on date not null,
    letter_on date,
    postmark_on date,
    signed boolean not null,
    registered_by text,
    -- Officers who may open the working text now, and for what.
    readers text[] not null default '{}',
    purpose text not null default 'classify',
    kind text,
    register_number text,
    constraint dates_follow check (
        received_on >= date '1900-01-01'
        and (letter_on is null or letter_on <= received_on)
        and (postmark_on is null or postmark_on <= received_on)
    ),
    constraint numbered_when_confirmed check ((kind is null) = (register_number is null)),
    constraint number_is_unique unique (authority_id, register_number)
);

-- Three per petition, whatever its kind, anonymous too, so that their presence tells nothing.
create table capsule (
    case_id uuid not null references petition,
    capsule text not null check (capsule in ('identity', 'contact', 'working_text')),
    key_id uuid not null unique,
    ciphertext bytea not null,
    primary key (case_id, capsule)
);

-- The receipt's code and PIN as keyed hashes; tries are limited.
create table receipt (
    code_hash bytea primary key,
    case_id uuid not null unique references petition,
    pin_hash bytea not null,
    failed_tries integer not null default 0,
    locked_until timestamptz not null default '-infinity'
);

-- Last number drawn per authority, register and year; drawn only when the kind is confirmed, so no series has a gap.
create table series (
    authority_id text not null,
    register text not null,
    year integer not null,
    last integer not null check (last between 1 and 99999),
    primary key (authority_id, register, year)
);

-- Openings of protected documents per person and hour (machine time): a budget against mass reading.
create table opening (
    officer_id text not null,
    hour timestamptz not null,
    count integer not null,
    primary key (officer_id, hour)
);
