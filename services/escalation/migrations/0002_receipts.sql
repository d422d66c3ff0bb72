-- A corrected day of receipt starts the term counted from it anew: what that needs to know of a case.
alter table watched_case
    -- Of a complaint: first or second time.
    add column level smallint not null default 1,
    -- Dispatched inside the house once: where the letter lies now, terms count from a receipt of their own.
    add column transferred boolean not null default false;
update watched_case set level = 2
where exists (select from clock where clock.case_id = watched_case.case_id and rule in ('KN-13', 'KN-16', 'KN-17', 'KN-21'));
update watched_case set transferred = true
where exists (select from clock where clock.case_id = watched_case.case_id and rule = 'CS-08');
