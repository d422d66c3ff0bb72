-- One row per case: who holds it, at which authority, how far it is, what is owed. Ids and codes only.
create table case_file (
    case_id uuid primary key,
    version integer not null,
    state text not null check (state in ('open', 'taken', 'accepted', 'refused', 'decided', 'closed')),
    -- While open: the state the case has once its holder took it over.
    resumes text not null check (resumes in ('taken', 'accepted', 'refused', 'decided')),
    kind text not null check (kind in ('complaint', 'denunciation', 'information', 'feedback', 'land_dispute')),
    level smallint not null,
    authority_id text not null,
    holder_id text not null,
    received_on date not null,
    excluded_officers text[] not null,
    barred_officers text[] not null,
    -- Notices that the sender has not been proven to have got.
    owed text[] not null check (owed <@ array['acceptance', 'refusal', 'decision']),
    accepted_on date check (accepted_on >= received_on),
    settled_on date check (settled_on >= coalesce(accepted_on, received_on)),
    told_on date check (told_on >= received_on),
    closed_on date check (closed_on >= settled_on),
    constraint acceptance_has_a_day check ('accepted' not in (state, resumes) or accepted_on is not null),
    constraint settlement_has_a_day check (
        (state in ('refused', 'decided', 'closed') or resumes in ('refused', 'decided')) = (settled_on is not null)
    ),
    constraint closing_has_a_day check ((state = 'closed') = (closed_on is not null)),
    -- What was not accepted or settled cannot be told.
    constraint acceptance_owed_after_it check (not owed @> array['acceptance'] or accepted_on is not null),
    constraint settlement_owed_after_it check (not owed && array['refusal', 'decision'] or settled_on is not null),
    constraint closed_owes_nothing check (state <> 'closed' or cardinality(owed) = 0),
    -- Nobody holds a case from which the law keeps him away.
    constraint holder_is_free check (not holder_id = any (excluded_officers || barred_officers))
);

-- Papers of cases. A number is used once per authority, year and series; confidential papers have their own.
create table document (
    authority_id text not null,
    confidential boolean not null,
    year smallint not null,
    number text not null,
    case_id uuid not null references case_file,
    primary key (authority_id, confidential, year, number)
);
create index document_of_case on document (case_id, number);
