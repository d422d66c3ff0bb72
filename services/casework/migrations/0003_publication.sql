-- A decision or conclusion is published too before the file is closed.
alter table case_file
    drop constraint case_file_owed_check,
    add constraint owes_notices check (owed <@ array['acceptance', 'refusal', 'decision', 'publication']),
    drop constraint settlement_owed_after_it,
    add constraint settlement_owed_after_it check (
        not owed && array['refusal', 'decision', 'publication'] or settled_on is not null
    );
