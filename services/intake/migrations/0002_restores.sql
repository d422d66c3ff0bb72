-- What a restore from a backup leaves behind in the registers.

-- Numbers that may have been drawn after the backup: never drawn again, and no gap to be explained by a sealed letter.
create table skipped_number (
    authority_id text not null,
    register text not null,
    year integer not null,
    first integer not null,
    last integer not null,
    -- Epoch of the ledger that the restore opened.
    epoch integer not null,
    primary key (authority_id, register, year, first),
    constraint range_is_not_empty check (last >= first)
);

-- Receipts given whose petition is lost, and numbers given to petitions that were kept: the desk asks these people to
-- come again, or strikes the number.
create table lost_in_restore (
    epoch integer not null,
    case_id uuid not null,
    petition_kept boolean not null,
    authority_id text not null,
    received_on date,
    register_number text,
    primary key (epoch, case_id)
);
