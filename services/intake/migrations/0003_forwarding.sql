-- The number of a covering paper is its sender's own and is kept sealed; one paper may bring several letters.
alter table petition drop constraint forwarded_once, add column forwarding_on date;
