-- Queries of notify. Parameters by number.

-- name: insert_alerts
-- New alerts, set-based. $1 rows as JSON
insert into alert select * from json_populate_recordset(null::alert, $1::json);

-- name: insert_mails
-- A mail that waits, for each new alert. $1 alert ids
insert into mail (alert_id) select unnest($1::uuid[]);

-- name: load_alert
-- One alert, locked. $1 alert id
select * from alert where alert_id = $1 for update;

-- name: save_alert
-- What may change of an alert. $1 alert id, $2 version, $3 acknowledged at, $4 version of the acknowledgement
update alert set version = $2, acknowledged_at = $3, acknowledged_version = $4 where alert_id = $1;

-- name: claim_mails
-- Lease mails that are due; others' leases are left to them. $1 token, $2 most rows, $3 seconds of the lease
update mail set lease_token = $1, lease_until = clock_timestamp() + make_interval(secs => $3), tries = tries + 1
from alert
where alert.alert_id = mail.alert_id and mail.alert_id in (
    select alert_id from mail
    where sent_at is null and next_try_at <= clock_timestamp() and lease_until < clock_timestamp()
    order by next_try_at limit $2 for update skip locked
)
returning mail.alert_id, mail.tries, alert.rung, alert.recipient_id, alert.due_on;

-- name: mark_sent
-- The proof of a mail, once, by the holder of its lease. $1 alert id, $2 token, $3 reply code
update mail set sent_at = clock_timestamp(), reply_code = $3
where alert_id = $1 and lease_token = $2 and sent_at is null
returning true;

-- name: put_off
-- Give leases back and try again later. $1 alert ids, $2 token, $3 seconds
update mail set lease_until = '-infinity', next_try_at = clock_timestamp() + make_interval(secs => $3)
where alert_id = any($1::uuid[]) and lease_token = $2 and sent_at is null;

-- name: wait_for_batch
-- Returns when no batch of events is in hand: the reader holds these rows until it commits.
select partition from position order by partition for share;

-- name: counters
-- Law 10, and figures. $1 ids of every officer of the directory
select
    (
        select count(*) from mail where sent_at is null and created_at < clock_timestamp() - interval '1 hour'
    ) as unsent_mail_older_than_an_hour,
    (select count(*) from alert where recipient_id <> all($1::text[])) as alert_without_recipient,
    (select count(*) from alert where acknowledged_at is null) as alerts_waiting,
    (select count(*) from mail where sent_at is null) as mails_waiting;
