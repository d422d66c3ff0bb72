-- Authorities whose desks answer for the first receipt and may correct it: the one that received the letter, and the one above
-- that classified it in its place.
alter table case_view add column receipt_desks text[] not null default '{}';
update case_view set receipt_desks = array_remove(
    array[receiving_authority_id, nullif(confirmer_authority_id, receiving_authority_id)], null
)
where transferred_from is null;
