-- The authority whose desk answers for the first receipt and may correct it. Null: nobody has proposed yet who classifies it.
alter table case_view add column receipt_desk_id text;
update case_view set receipt_desk_id = confirmer_authority_id where transferred_from is null;
