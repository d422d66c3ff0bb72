-- Queries of notify. Parameters by number.

-- name: insert_alerts
-- New alerts, set-based. $1 rows as JSON
insert into alert select * from json_populate_recordset(null::alert, $1::json);

-- name: insert_deliveries
-- A delivery that waits, for each new alert and medium. $1 alert ids, $2 media
insert into delivery (alert_id, medium)
select given.alert_id, wanted.medium
from unnest($1::uuid[]) as given (alert_id) cross join unnest($2::text[]) as wanted (medium);

-- name: load_alert
-- One alert, locked. $1 alert id
select * from alert where alert_id = $1 for update;

-- name: save_alert
-- What may change of an alert. $1 alert id, $2 version, $3 acknowledged at, $4 version of the acknowledgement
update alert set version = $2, acknowledged_at = $3, acknowledged_version = $4 where alert_id = $1;

-- name: claim
-- Lease deliveries that are due; others' leases are left to them. $1 medium, $2 token, $3 most rows,
-- $4 seconds of the lease
update delivery set lease_token = $2, lease_until = clock_timestamp() + make_interval(secs => $4), tries = tries + 1
from alert
where alert.alert_id = delivery.alert_id and delivery.medium = $1 and delivery.alert_id in (
    select alert_id from delivery
    where medium = $1 and sent_at is null and next_try_at <= clock_timestamp() and lease_until < clock_timestamp()
    order by next_try_at limit $3 for update skip locked
)
returning alert.alert_id, alert.rung, alert.recipient_id, alert.due_on, alert.acknowledge_by, delivery.tries;

-- name: mark_sent
-- The proof of a delivery, once, by the holder of its lease. $1 alert id, $2 medium, $3 token, $4 reply code
update delivery set sent_at = clock_timestamp(), reply_code = $4
where alert_id = $1 and medium = $2 and lease_token = $3 and sent_at is null
returning true;

-- name: put_off
-- Give leases back and try again later. $1 alert ids, $2 medium, $3 token, $4 seconds
update delivery set lease_until = '-infinity', next_try_at = clock_timestamp() + make_interval(secs => $4)
where alert_id = any($1::uuid[]) and medium = $2 and lease_token = $3 and sent_at is null;

-- name: wait_for_batch
-- Returns when no batch of events is in hand: the reader holds these rows until it commits.
select partition from position order by partition for share;

-- name: unacknowledged
-- What waits to be acknowledged, by the partial index. $1 case time
select
    count(*) as waiting,
    count(*) filter (where acknowledge_by <= $1) as overdue,
    min(coalesce(raised_at, acknowledge_by)) as first_at
from alert where acknowledged_at is null;

-- name: counters
-- Law 10, and figures. $1 ids of every officer of the directory
select
    (
        select count(*) from delivery
        where medium = 'mail' and sent_at is null and created_at < clock_timestamp() - interval '1 hour'
    ) as unsent_mail_older_than_an_hour,
    (select count(*) from alert where recipient_id <> all($1::text[])) as alert_without_recipient,
    (select count(*) from alert where acknowledged_at is null) as alerts_waiting,
    (select count(*) from delivery where medium = 'mail' and sent_at is null) as mails_waiting;
