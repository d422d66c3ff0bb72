-- Writing the read model. $1 is a JSON array of rows unless said otherwise.

-- name: load
-- Rows of these cases, locked in id order. $1 case ids
select * from case_view where case_id = any($1::uuid[]) order by case_id for update;

-- name: save_cases
-- Whole rows of cases.
insert into case_view select * from json_populate_recordset(null::case_view, $1::json)
on conflict (case_id) do update set
    stage = excluded.stage, versions = excluded.versions, received_on = excluded.received_on,
    first_received_on = excluded.first_received_on, receipt_desks = excluded.receipt_desks,
    receiving_authority_id = excluded.receiving_authority_id, register_number = excluded.register_number,
    flags = excluded.flags, against = excluded.against, kind = excluded.kind, level = excluded.level,
    competent_authority_id = excluded.competent_authority_id, holder_id = excluded.holder_id, rules = excluded.rules,
    reasons = excluded.reasons, alternatives = excluded.alternatives, confidence = excluded.confidence,
    abstained = excluded.abstained, confirmer_authority_id = excluded.confirmer_authority_id,
    confirmed_by = excluded.confirmed_by, document_number = excluded.document_number, documents = excluded.documents,
    accepted_on = excluded.accepted_on, signed_by = excluded.signed_by, ground = excluded.ground,
    outcome = excluded.outcome, owed = excluded.owed, transferred_by = excluded.transferred_by,
    transferred_from = excluded.transferred_from, to_body = excluded.to_body, closed_on = excluded.closed_on,
    person_id = excluded.person_id, task = excluded.task, authority_id = excluded.authority_id,
    expected_result = excluded.expected_result, hidden_from = excluded.hidden_from, barred = excluded.barred,
    alerted = excluded.alerted, audience = excluded.audience, traceparent = excluded.traceparent, marks = excluded.marks;

-- name: start_clocks
-- Clocks that began to run.
insert into clock_view select * from json_populate_recordset(null::clock_view, $1::json)
on conflict (clock_id) do nothing;

-- name: warn_clocks
-- Clocks of which the holder was warned.
update clock_view set warned_at = row.at
from json_to_recordset($1::json) as row (clock_id uuid, at timestamptz) where clock_view.clock_id = row.clock_id;

-- name: breach_clocks
-- Clocks whose term ended without the act.
update clock_view set breached_at = row.at
from json_to_recordset($1::json) as row (clock_id uuid, at timestamptz) where clock_view.clock_id = row.clock_id;

-- name: pause_clocks
-- Clocks that rest.
update clock_view set paused_on = row.paused_on
from json_to_recordset($1::json) as row (clock_id uuid, paused_on date) where clock_view.clock_id = row.clock_id;

-- name: move_clocks
-- Clocks whose due date a paper moved; one that rested runs again.
update clock_view set due_on = row.due_on, due_at = row.due_at, warn_at = row.warn_at, amount = row.amount,
    calendar_version = row.calendar_version, provisional = row.provisional, moved_reason = row.reason,
    moved_by = row.document_number, paused_on = null, warned_at = null, breached_at = null
from json_to_recordset($1::json) as row (
    clock_id uuid, due_on date, due_at timestamptz, warn_at timestamptz, amount int, calendar_version text,
    provisional boolean, reason text, document_number text
)
where clock_view.clock_id = row.clock_id;

-- name: end_clocks
-- Clocks that no longer run.
update clock_view set paused_on = null, ended_on = row.ended_on, end_reason = row.end_reason, late = row.late
from json_to_recordset($1::json) as row (clock_id uuid, ended_on date, end_reason text, late boolean)
where clock_view.clock_id = row.clock_id;

-- name: nearest_due
-- The nearest due date of cases that have a live clock, else that of the clock that ended last: whatever the batches
-- were. Most clocks start with the date that the case already shows. $1 case ids
update case_view set due_on = nearest.due_on, due_rule = nearest.rule
from unnest($1::uuid[]) as wanted (case_id)
cross join lateral (
    select clock_view.due_on, clock_view.rule from clock_view
    where clock_view.case_id = wanted.case_id and paused_on is null
    order by
        clock_view.ended_on desc nulls first, case when clock_view.ended_on is null then clock_view.due_at end,
        clock_view.starts_on desc, clock_view.due_at desc, clock_view.clock_id
    limit 1
) as nearest
where case_view.case_id = wanted.case_id
    and (case_view.due_on, case_view.due_rule) is distinct from (nearest.due_on, nearest.rule);

-- name: raise_alerts
-- Alerts that stand in somebody's inbox.
insert into alert_view (
    alert_id, case_id, clock_id, rule, rung, recipient_id, due_on, acknowledge_by, raised_at
)
select alert_id, case_id, clock_id, rule, rung, recipient_id, due_on, acknowledge_by, raised_at
from json_populate_recordset(null::alert_view, $1::json)
on conflict (alert_id) do nothing;

-- name: deliver_alerts
-- Media that took alerts.
update alert_view set delivered_by = row.media
from (
    select given.alert_id, array_agg(distinct given.medium) as media from (
        select alert_id, medium from json_to_recordset($1::json) as new (alert_id uuid, medium text)
        union
        select alert_view.alert_id, unnest(alert_view.delivered_by)
        from alert_view join json_to_recordset($1::json) as new (alert_id uuid) using (alert_id)
    ) as given group by given.alert_id
) as row where alert_view.alert_id = row.alert_id;

-- name: acknowledge_alerts
-- Alerts whose recipient has seen them.
update alert_view set acknowledged_at = row.acknowledged_at, acknowledged_by = row.acknowledged_by
from json_to_recordset($1::json) as row (alert_id uuid, acknowledged_at timestamptz, acknowledged_by text)
where alert_view.alert_id = row.alert_id;

-- name: open_boxes
-- Boxes that were opened with minutes.
insert into box_view (box_id, authority_id, opened_on, letters, minutes_number, opened_by)
select box_id, authority_id, opened_on, letters, minutes_number, opened_by
from json_populate_recordset(null::box_view, $1::json)
on conflict (box_id) do nothing;

-- name: issue_slips
-- Sheets of slips.
insert into slips_view (slips_id, authority_id, issued_at, count, issued_by)
select slips_id, authority_id, issued_at, count, issued_by from json_populate_recordset(null::slips_view, $1::json)
on conflict (slips_id) do nothing;

-- name: hold
-- Events that a service could not digest.
insert into stuck_view (event_id, service, event_type, held_case_id, error, held_at)
select event_id, service, event_type, held_case_id, error, held_at
from json_populate_recordset(null::stuck_view, $1::json)
on conflict (event_id, service) do nothing;

-- name: release
-- Events that were applied after all, or given up.
delete from stuck_view using json_to_recordset($1::json) as row (event_id uuid, service text)
where stuck_view.event_id = row.event_id and stuck_view.service = row.service;

-- name: append_timeline
-- What happened in cases.
insert into timeline select * from json_populate_recordset(null::timeline, $1::json)
on conflict (case_id, sequence) do nothing;

-- name: save_tags
-- Cases stand under the tags of their audience as it is now. $1 case ids
with gone as (
    delete from case_tag using case_view
    where case_tag.case_id = any($1::uuid[]) and case_view.case_id = case_tag.case_id
        and not case_tag.tag = any(case_view.audience)
)
insert into case_tag
select * from tagged
where case_id = any($1::uuid[]) and not exists (
    select from case_tag
    where case_tag.case_id = tagged.case_id and case_tag.tag = tagged.tag
        and (case_tag.ended, case_tag.due_on) = (tagged.ended, tagged.due_on)
        and case_tag.register_number is not distinct from tagged.register_number
)
on conflict (case_id, tag) do update set
    ended = excluded.ended, due_on = excluded.due_on, register_number = excluded.register_number;

-- name: standings
-- How open cases stand before a batch. $1 case ids
select standing from standing where case_id = any($1::uuid[]);

-- name: lock_tally
-- Replicas change the tally one after another, each to the end of its transaction, which wakes the pages that wait.
-- $1 channel
select pg_advisory_xact_lock('tally'::regclass::bigint), pg_notify($1, '');

-- name: move_tally
-- Count cases where they stand now and no longer where they stood. $1 case ids, $2 how those stood before
with present as (
    select * from standing where case_id = any($1::uuid[])
), moved as (
    select standing, sum(cases)::int as cases
    from (select standing, 1 as cases from present union all select unnest($2::bytea[]), -1) as each
    group by standing having sum(cases) <> 0
), fewer as (
    update tally set cases = tally.cases + moved.cases from moved
    where moved.cases < 0 and tally.standing = moved.standing and tally.cases + moved.cases > 0
), none as (
    delete from tally using moved
    where moved.cases < 0 and tally.standing = moved.standing and tally.cases + moved.cases <= 0
)
insert into tally
select distinct on (standing)
    standing, authority_id, stage, due_on, unacknowledged, stuck, audience, hidden_from, moved.cases
from present join moved using (standing) where moved.cases > 0
on conflict (standing) do update set cases = tally.cases + excluded.cases;
