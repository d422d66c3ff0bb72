"""The five steps as SQL that both engines run: each is one statement, and repeating it changes nothing."""

import base64
import hashlib
import os
from uuid import UUID, uuid5

import asyncpg

_LETTERS = UUID("6f1d5a0e-1c86-5d0b-9d57-2f5a3c1a7b40")
_SEALED_BYTES = 600
_GENESIS = bytes(32)

SCHEMA = """
create table petition (
    case_id uuid primary key,
    version integer not null,
    channel text not null,
    authority_id text not null,
    received_on date not null,
    sealed bytea not null
);
create table capsule (
    case_id uuid not null references petition,
    capsule text not null check (capsule in ('identity', 'contact', 'working_text')),
    key_id uuid not null unique,
    ciphertext bytea not null,
    primary key (case_id, capsule)
);
create table receipt (
    code_hash bytea primary key,
    case_id uuid not null unique references petition
);
create table proposal (
    case_id uuid primary key,
    kind text not null,
    competent_authority_id text not null,
    holder_id text not null,
    rules text[] not null,
    confidence double precision not null
);
create table decision (
    case_id uuid primary key references proposal,
    kind text not null,
    holder_id text not null,
    confirmed_by text not null,
    confirmed_at timestamptz not null
);
create table case_file (
    case_id uuid primary key,
    state text not null,
    authority_id text not null,
    holder_id text not null,
    received_on date not null
);
create table clock (
    clock_id uuid primary key,
    case_id uuid not null references case_file,
    rule text not null,
    starts_on date not null,
    due_on date not null,
    next_rung text not null,
    next_fire_at timestamptz not null,
    live boolean not null
);
create unique index clock_live_once on clock (case_id) where live;
create index clock_due on clock (next_fire_at, clock_id) where live;
create table case_view (
    case_id uuid primary key,
    stage text not null,
    person_id text not null,
    task text not null,
    authority_id text not null,
    due_on date not null,
    expected_result text not null,
    sent_at timestamptz not null,
    projected_at timestamptz not null
);
create table entry (
    number bigint primary key,
    case_id uuid not null,
    act text not null,
    content text not null,
    previous bytea not null,
    hash bytea not null,
    unique (case_id, act)
);
create table head (single boolean primary key default true check (single), number bigint not null, hash bytea not null);
insert into head (number, hash) values (0, decode(repeat('00', 32), 'hex'));

-- The lock on the head makes one writer at a time, for no longer than this call and its commit.
create function append_entries(letter uuid, acts text[]) returns void language plpgsql as $$
declare
    last head;
    act text;
    content text;
    next bytea;
begin
    select * into last from head for update;
    if exists (select from entry where case_id = letter) then
        return;
    end if;
    foreach act in array acts loop
        content := json_build_object('case', letter, 'act', act, 'actor', 'le-lai-03', 'at', clock_timestamp())::text;
        next := sha256(last.hash || convert_to(content, 'UTF8'));
        last.number := last.number + 1;
        insert into entry values (last.number, letter, act, content, last.hash, next);
        last.hash := next;
    end loop;
    update head set number = last.number, hash = last.hash;
end $$;
"""

INTAKE = """
with kept as (
    insert into petition values (%(case_id)s::uuid, 1, 'desk', 'le-lai', current_date, decode(%(sealed)s, 'base64'))
    on conflict do nothing returning case_id, sealed
), sealed as (
    insert into capsule
    select case_id, capsule, gen_random_uuid(), sealed
    from kept, unnest(array['identity', 'contact', 'working_text']) capsule
)
insert into receipt select sha256(convert_to(case_id::text, 'UTF8')), case_id from kept
"""

ROUTING = """
insert into proposal values (%(case_id)s::uuid, 'complaint', 'le-lai', 'le-lai-01', '{KN-17,KN-27}', 0.93)
on conflict do nothing
"""

CONFIRMATION = """
insert into decision select case_id, kind, holder_id, 'le-lai-03', now() from proposal where case_id = %(case_id)s::uuid
on conflict do nothing
"""

CASEWORK = """
with opened as (
    insert into case_file
    select case_id, 'open', 'le-lai', holder_id, current_date from decision where case_id = %(case_id)s::uuid
    on conflict do nothing returning case_id
)
insert into clock
select md5(case_id::text)::uuid, case_id, 'KN-27', current_date, current_date + 10, 'warning', now() + '7 days', true
from opened
"""

PROJECTION = """
with shown as (
    insert into case_view
    select case_id, 'open', holder_id, 'take_over', authority_id, received_on + 10, 'acceptance_or_refusal',
        to_timestamp(%(sent_at)s::float8), clock_timestamp()
    from case_file where case_id = %(case_id)s::uuid
    on conflict do nothing
)
select append_entries(%(case_id)s::uuid, '{registered,read,proposed,confirmed,opened,clock_started}')
"""

STEPS = {
    "intake": INTAKE,
    "routing": ROUTING,
    "confirmation": CONFIRMATION,
    "casework": CASEWORK,
    "projection": PROJECTION,
}

_ROWS_PER_LETTER = {
    "petition": 1,
    "capsule": 3,
    "receipt": 1,
    "proposal": 1,
    "decision": 1,
    "case_file": 1,
    "clock": 1,
    "case_view": 1,
    "entry": 6,
}


class NotTheSame(Exception):
    """A letter has an effect missing or twice, or the ledger does not verify."""


def letter_id(number: int) -> UUID:
    """Return the id of the letter with this number."""
    return uuid5(_LETTERS, str(number))


def sealed_text() -> str:
    """Return what stands for an encrypted letter: 600 bytes that do not compress, in base64."""
    return base64.b64encode(os.urandom(_SEALED_BYTES)).decode()


async def verify(connection: asyncpg.Connection, letters: int) -> None:
    """Check that the first `letters` letters, and no others, have each effect once, and the whole chain.

    Raises NotTheSame with the table's name.
    """
    ids = {letter_id(number) for number in range(letters)}
    for table, rows in _ROWS_PER_LETTER.items():
        found = await connection.fetch(f"select case_id, count(*) from {table} group by case_id")
        if {row[0]: row[1] for row in found} != dict.fromkeys(ids, rows):
            raise NotTheSame(f"{table}: not {rows} for each of {letters} letters")
    await _verify_chain(connection)


async def _verify_chain(connection: asyncpg.Connection) -> None:
    number, previous = 0, _GENESIS
    for row in await connection.fetch("select number, content, previous, hash from entry order by number"):
        number += 1
        expected = hashlib.sha256(previous + row["content"].encode()).digest()
        if (row["number"], row["previous"], row["hash"]) != (number, previous, expected):
            raise NotTheSame(f"entry {row['number']} does not follow the one before")
        previous = expected
    head = await connection.fetchrow("select number, hash from head")
    if head is None or tuple(head) != (number, previous):
        raise NotTheSame("the head is not the last entry")
