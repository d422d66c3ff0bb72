-- What a clock waits for; since when a paper lets it rest; by which paper its due date moved, and why.
alter table clock_view
    add column duty text,
    add column paused_on date,
    add column moved_reason text,
    add column moved_by text;
-- What papers have made of an accepted case; null of rows that the version before writes.
alter table case_view add column marks text[];
update case_view set marks = '{}';
