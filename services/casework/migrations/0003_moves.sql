-- A decision or conclusion is published before the file is closed; papers may move the term of a case meanwhile.
alter table case_file
    add column marks text[] not null default '{}',
    add column moved_on date check (moved_on >= accepted_on),
    drop constraint case_file_owed_check,
    add constraint owes_notices check (
        owed <@ array['acceptance', 'refusal', 'decision', 'publication', 'extension', 'suspension', 'resumption']
    ),
    drop constraint settlement_owed_after_it,
    add constraint settlement_owed_after_it check (
        not owed && array['refusal', 'decision', 'publication'] or settled_on is not null
    ),
    add constraint only_accepted_is_moved check (cardinality(marks) = 0 or accepted_on is not null);
