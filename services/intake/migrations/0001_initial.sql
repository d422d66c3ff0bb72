-- Petitions, their sealed capsules, receipts, boxes, slips and the registers' number series.

-- One row per letter. No identity, no text: those are in capsules, under keys that are not in this database.
create table petition (
    case_id uuid primary key,
    version integer not null,
    channel text not null,
    authority_id text not null,
    -- First receipt anywhere; never changes.
    received_on date not null,
    letter_on date,
    postmark_on date,
    signed boolean not null,
    registered_by text,
    forwarded_by text,
    forwarding_number text,
    -- Forwarding bodies number anew each year.
    forwarding_year smallint,
    -- Where the letter lies now (null: on its way) and since when.
    at_authority_id text,
    at_since date not null,
    -- The authority whose handler classifies it, and from whose series it is numbered.
    registry_id text not null,
    -- Officers who may open the working text now, and for what.
    readers text[] not null default '{}',
    purpose text not null default 'classify',
    holder_id text,
    transferred boolean not null,
    -- Into how many letters it was separated.
    parts smallint,
    kind text,
    register_number text,
    constraint dates_follow check (
        received_on >= date '1900-01-01'
        and (letter_on is null or letter_on <= received_on)
        and (postmark_on is null or postmark_on <= received_on)
        and (letter_on is null or postmark_on is null or letter_on <= postmark_on)
    ),
    constraint envelope_is_shut check (parts is null or readers = '{}'),
    constraint numbered_when_confirmed check ((kind is null) = (register_number is null)),
    constraint number_is_unique unique (registry_id, register_number),
    constraint forwarded_once unique (authority_id, forwarded_by, forwarding_number, forwarding_year)
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

-- Openings of suggestion boxes, with minutes by two; letters are registered up to their count.
create table box (
    box_id uuid primary key,
    authority_id text not null,
    opened_on date not null,
    letters integer not null,
    registered integer not null default 0 check (registered <= letters),
    minutes_number text not null,
    minutes_year smallint not null,
    opened_by text[] not null check (cardinality(opened_by) = 2),
    constraint minutes_are_unique unique (authority_id, minutes_year, minutes_number)
);

-- Slips for sealed hand-over, as keyed hashes; used once.
create table slip (
    code_hash bytea primary key,
    authority_id text not null,
    case_id uuid unique references petition
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
