-- Several clocks of a case run at once, each for its own duty; a paper may lengthen one or let it rest.
-- Null: of a clock that the version before started.
drop index clock_live_once;
alter table clock
    add column duty text,
    -- Days by which papers have lengthened the term.
    add column extended smallint,
    -- After a suspension: from which day how many units run.
    add column counted_from date,
    add column remaining smallint,
    -- Suspended since: neither live nor ended.
    add column paused_on date,
    drop constraint ended_has_a_day,
    add constraint ended_or_paused_has_a_day check (live = (ended_on is null and paused_on is null));
create unique index clock_live_once_of_duty on clock (case_id, duty, rule) where live;
