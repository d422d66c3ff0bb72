-- Reading the read model, accounts and sessions. `{visible}` is services/portal/policy.py's condition on $1 and $2 (as
-- `{counted}` on the tally), `{open}` its condition that a case still waits for somebody.

-- name: cases_seen
-- Cases the viewer may see, nearest due first: the first of each of his tags, each asked of the policy where it stands,
-- merged. $3 due date and $4 id to go on after, $5 rows, $6 whether they have ended
select case_view.* from (
    select distinct near.due_on, near.case_id
    from unnest($1::text[]) as own (tag) cross join lateral (
        select due_on, case_id from case_tag
        where tag = own.tag and ended = $6::boolean and (due_on, case_id) > ($3::date, $4::uuid)
            and (select {visible} from case_view where case_view.case_id = case_tag.case_id)
        order by due_on, case_id limit $5
    ) as near
    order by near.due_on, near.case_id limit $5
) as merged join case_view using (case_id)
order by merged.due_on, case_id;

-- name: cases_mine
-- Open cases in which the viewer is the person who must act. $3, $4, $5 as above
select case_view.* from case_view
where {visible} and {open} and person_id = $2 and stage not in ('registered', 'proposed')
    and (due_on, case_id) > ($3::date, $4::uuid)
order by due_on, case_id limit $5;

-- name: cases_unit
-- Open cases of the authorities the viewer heads or oversees, the first of each, merged. $3, $4, $5 as above,
-- $6 authorities
select case_view.* from unnest($6::text[]) as own (place) cross join lateral (
    select case_view.* from case_view
    where {visible} and {open} and authority_id = own.place and stage not in ('registered', 'proposed')
        and (due_on, case_id) > ($3::date, $4::uuid)
    order by due_on, case_id limit $5
) as case_view
order by due_on, case_id limit $5;

-- name: cases_confirm
-- Proposals that wait for the viewer's confirmation. $6 authorities where the viewer confirms
select case_view.* from case_view
where {visible} and stage = 'proposed' and confirmer_authority_id = any($6::text[])
    and (due_on, case_id) > ($3::date, $4::uuid)
order by due_on, case_id limit $5;

-- name: cases_incoming
-- Letters on their way to the viewer's authority, or returned to it. $6 authorities where the viewer confirms
select case_view.* from case_view
where {visible} and stage in ('transferred', 'returned') and confirmer_authority_id = any($6::text[])
    and (due_on, case_id) > ($3::date, $4::uuid)
order by due_on, case_id limit $5;

-- name: cases_sign
-- Cases that wait for the competent person's acceptance. $6 authorities where the viewer decides
select case_view.* from case_view
where {visible} and stage = 'taken' and authority_id = any($6::text[]) and (due_on, case_id) > ($3::date, $4::uuid)
order by due_on, case_id limit $5;

-- name: cases_queue
-- Rows of one queue of one authority that the viewer oversees. $6 authority, $7 queue, $8 today
select case_view.* from case_view
where {visible} and {open} and authority_id = $6::text and (due_on, case_id) > ($3::date, $4::uuid)
    and case $7::text
        when 'unacknowledged' then exists (
            select from alert_view where alert_view.case_id = case_view.case_id and acknowledged_at is null
        )
        when 'stuck' then exists (select from stuck_view where held_case_id = case_view.case_id)
        else $7::text in (select case_queues(stage, due_on, false, false, $8::date))
    end
order by due_on, case_id limit $5;

-- name: cases_number
-- Cases whose register number begins so, in the order of the numbers, found in the same way. $3 number and $4 id to go
-- on after, $5 rows, $6 beginning
select case_view.* from (
    select distinct near.register_number, near.case_id
    from unnest($1::text[]) as own (tag) cross join lateral (
        select register_number, case_id from case_tag
        where tag = own.tag and register_number < $6::text || chr(1114111)
            and (register_number, case_id) > (greatest($3::text collate "C", $6::text), $4::uuid)
            and (select {visible} from case_view where case_view.case_id = case_tag.case_id)
        order by register_number, case_id limit $5
    ) as near
    order by near.register_number, near.case_id limit $5
) as merged join case_view using (case_id)
order by merged.register_number, case_id;

-- name: cases_by_id
-- These cases, as far as the viewer may see them. $3 ids
select case_view.* from case_view where {visible} and case_id = any($3::uuid[]);

-- name: work_counts
-- What waits for the viewer, exactly. $3 authorities where the viewer confirms, $4 today, $5 where he decides
select
    places.*, mine.*,
    (select count(*) from alert_view join case_view using (case_id)
        where {visible} and recipient_id = $2 and acknowledged_at is null) as alerts
from (
    select
        count(*) filter (where stage in ('confirmed', 'open')) as to_take,
        count(*) filter (where stage in ('taken', 'accepted', 'refused', 'decided')) as in_hand,
        count(*) filter (where stage not in ('registered', 'proposed') and due_on < $4::date) as overdue
    from case_view where {visible} and {open} and person_id = $2
) as mine, (
    select
        coalesce(sum(cases) filter (where stage = 'proposed' and authority_id = any($3::text[])), 0) as to_confirm,
        coalesce(sum(cases) filter (
            where stage in ('transferred', 'returned') and authority_id = any($3::text[])
        ), 0) as incoming,
        coalesce(sum(cases) filter (where stage = 'taken' and authority_id = any($5::text[])), 0) as to_sign
    from tally
    where {counted} and authority_id = any($3::text[] || $5::text[])
        and stage in ('proposed', 'transferred', 'returned', 'taken')
) as places;

-- name: unit_counts
-- The viewer's authorities: open and overdue cases he may open. $3 authorities, $4 today
select coalesce(sum(cases), 0) as open, coalesce(sum(cases) filter (where due_on < $4::date), 0) as overdue,
    coalesce(sum(cases) filter (where stage = 'taken'), 0) as to_accept
from tally where {counted} and authority_id = any($3::text[]) and stage not in ('registered', 'proposed');

-- name: queue_counts
-- How many rows of each queue of each authority the viewer may open. $3 authorities, $4 today
select authority_id, queue.name, sum(cases) as count
from tally cross join lateral case_queues(stage, due_on, unacknowledged, stuck, $4::date) as queue (name)
where {counted} and authority_id = any($3::text[])
group by authority_id, queue.name;

-- name: unopened_counts
-- Letters that wait for classification and that the viewer may count but not open. $3 authorities
select authority_id, sum(cases) as count from tally
where not {counted} and not hidden_from @> array[$2::text] and authority_id = any($3::text[])
    and stage in ('proposed', 'transferred', 'received', 'returned')
group by authority_id;

-- name: denunciation_counts
-- Denunciations under all these authorities together by quarter of receipt. $1 viewer, $2 authorities, $3 since
select date_trunc('quarter', first_received_on)::date as quarter, count(*) from case_view
where kind = 'denunciation' and not hidden_from @> array[$1::text] and authority_id = any($2::text[])
    and stage not in ('registered', 'proposed', 'transferred', 'received', 'returned') and first_received_on >= $3::date
group by quarter order by quarter;

-- name: boxes
-- Boxes opened at the viewer's authority lately. $1 authority, $2 rows
select * from box_view where authority_id = $1 order by opened_on desc, box_id limit $2;

-- name: slips
-- Sheets of slips issued by the viewer's registry lately. $1 authority, $2 rows
select * from slips_view where authority_id = $1 order by issued_at desc, slips_id limit $2;

-- name: inbox_state
-- What changes when the viewer's inbox changes.
select count(*) as waiting, max(raised_at) as latest from alert_view join case_view using (case_id)
where {visible} and recipient_id = $2 and acknowledged_at is null;

-- name: case
-- One case, if the viewer may see it. $3 case
select case_view.* from case_view where {visible} and case_id = $3::uuid;

-- name: stage_of
-- How far a case is, for its sender. $1 case
select stage from case_view where case_id = $1::uuid;

-- name: version_of
-- Last version of a service's aggregate of a case. $1 case, $2 service
select coalesce((versions ->> $2)::int, 0) from case_view where case_id = $1::uuid;

-- name: clocks
-- Clocks of one case, which the caller has read through the policy. $1 case
select * from clock_view where case_id = $1::uuid order by (ended_on is not null), due_at;

-- name: timeline
-- What happened in one case, which the caller has read through the policy. $1 case
select * from timeline where case_id = $1::uuid order by occurred_at, sequence;

-- name: alerts_waiting
-- Alerts the viewer has not acknowledged, oldest first. $3 instant and $4 id to go on after, $5 rows
select alert_view.*, case_view.register_number, case_view.kind, case_view.task, case_view.person_id
from alert_view join case_view using (case_id)
where {visible} and recipient_id = $2 and acknowledged_at is null
    and (raised_at, alert_id) > ($3::timestamptz, $4::uuid)
order by raised_at, alert_id limit $5;

-- name: alerts_done
-- Alerts the viewer acknowledged lately. $3 rows
select alert_view.*, case_view.register_number, case_view.kind, case_view.task, case_view.person_id
from alert_view join case_view using (case_id)
where {visible} and recipient_id = $2 and acknowledged_at is not null
order by acknowledged_at desc limit $3;

-- name: alert_case
-- The case of an alert of the viewer. $3 alert
select case_view.case_id from alert_view join case_view using (case_id)
where {visible} and recipient_id = $2 and alert_id = $3::uuid;

-- name: alert_seen
-- Whether an acknowledgement has arrived here. $1 alert
select acknowledged_at is not null from alert_view where alert_id = $1::uuid;

-- name: stuck
-- Stuck events, without those of cases hidden from the viewer. $1 viewer, $2 rows
select stuck_view.* from stuck_view left join case_view on case_view.case_id = held_case_id
where not coalesce(case_view.hidden_from @> array[$1::text], false)
order by held_at limit $2;

-- name: next_instant
-- When something is due next. $1 case time
select least(
    (select min(due_at) from clock_view where ended_on is null and paused_on is null and due_at > $1),
    (select min(warn_at) from clock_view where ended_on is null and paused_on is null and warned_at is null and warn_at > $1)
);

-- name: unclear_cases
-- Law 4: open cases in which one of the five clears is empty.
select count(*) from case_view where {open} and '' in (person_id, task, authority_id, due_rule, expected_result);

-- name: seen_by_hidden
-- Law 7: unacknowledged alerts addressed to somebody from whom the case is hidden.
select count(*) from case_view join alert_view using (case_id)
where case_view.hidden_from && case_view.alerted
    and acknowledged_at is null and case_view.hidden_from @> array[alert_view.recipient_id];

-- name: open_count
-- Open cases in the read model.
select coalesce(sum(cases), 0) from tally;

-- name: stuck_count
-- Events that rest.
select count(*) from stuck_view;

-- name: account
-- Who signs in so. $1 user name
select officer_id, password_hash from account where username = $1;

-- name: create_accounts
-- Accounts; existing ones stay as they are. $1 user names, $2 officers, $3 password hashes
insert into account (username, officer_id, password_hash)
select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing;

-- name: start_session
-- A session begins. $1 hash of its token, $2 its public id, $3 officer, $4 hours
insert into session (token_hash, session_id, officer_id, ends_at)
values ($1, $2, $3, clock_timestamp() + make_interval(hours => $4));

-- name: session
-- A session that is neither over nor idle for too long. $1 hash of its token, $2 idle minutes
select session_id, officer_id, seen_at < clock_timestamp() - interval '1 minute' as stale,
    extract(epoch from ends_at - clock_timestamp())::integer as seconds_left
from session
where token_hash = $1 and ends_at > clock_timestamp()
    and seen_at > clock_timestamp() - make_interval(mins => $2);

-- name: touch_session
-- The person was here. $1 hash of its token
update session set seen_at = clock_timestamp() where token_hash = $1;

-- name: end_session
-- A session ends. $1 hash of its token
update session set ends_at = clock_timestamp() where token_hash = $1 and ends_at > clock_timestamp()
returning session_id, officer_id;

-- name: prune_sessions
-- Sessions that are over, and for so long that nothing typed in them may still be sent. $1 hours
delete from session where ends_at < now() - make_interval(hours => $1);

-- name: session_over
-- Whose session this was or is, also when it is over. $1 its public id, $2 hours since
select token_hash, officer_id from session
where session_id = $1 and ends_at > clock_timestamp() - make_interval(hours => $2);

-- name: keep_draft
-- Keep a draft in the place of an older one of the same sheet; of a person's others only so many, the latest, stay.
-- $1 name, $2 name of the person, $3 sealed, $4 most of one person
with crowded as (
    delete from draft where name in (
        select name from draft where person = $2 and name <> $1 order by kept_at desc offset $4::integer - 1
    )
)
insert into draft (name, person, sealed) values ($1, $2, $3)
on conflict (name) do update set sealed = excluded.sealed, kept_at = clock_timestamp();

-- name: drafts
-- A person's drafts that are not too old, the oldest first. $1 name of the person, $2 hours
select name, sealed from draft where person = $1 and kept_at > clock_timestamp() - make_interval(hours => $2)
order by kept_at;

-- name: forget_drafts
-- Drafts that are too old. $1 hours
delete from draft where kept_at < clock_timestamp() - make_interval(hours => $1);

-- name: drop_drafts
-- All drafts of a person. $1 name of the person
delete from draft where person = $1;

-- name: drop_draft
-- One draft. $1 name
delete from draft where name = $1;
