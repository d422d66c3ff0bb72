"""Faults to plant in a house's books, and the line that each breaks."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

from operations.ledger.facts import Facts, Streamed

_ONE = "(select case_id from intake.petition order by case_id limit 1)"
_RUNG = "(select clock_id from escalation.rung order by clock_id limit 1)"
IN_THE_DATABASE: list[tuple[str, str, str]] = [
    (
        "drop a petition from the read model",
        f"delete from portal.case_view where case_id = {_ONE}",
        "petitions_not_shown",
    ),
    ("drop a classification", f"delete from routing.classification where case_id = {_ONE}", "petitions_not_classified"),
    ("drop a receipt", f"delete from intake.receipt where case_id = {_ONE}", "petitions_without_receipt_row"),
    (
        "drop a capsule",
        f"delete from intake.capsule where case_id = {_ONE} and capsule = 'contact'",
        "petitions_without_three_capsules",
    ),
    (
        "skip a register number",
        "update intake.petition set register_number = 'KN-2025-09999' where register_number ="
        " (select min(register_number) from intake.petition)",
        "register_numbers_missing_or_doubled",
    ),
    (
        "reuse a register number",
        "alter table intake.petition drop constraint number_is_unique; update intake.petition set register_number ="
        " (select max(register_number) from intake.petition) where register_number is not null",
        "register_numbers_missing_or_doubled",
    ),
    (
        "drop an event from an outbox",
        "delete from routing.outbox where number = (select min(number) from routing.outbox)",
        "stream_forged",
    ),
    (
        "change an event in an outbox",
        "update routing.outbox set body = replace(body, 'complaint', 'feedback')",
        "stream_changed",
    ),
    (
        "swap places in the stream",
        "update routing.outbox_sent set stream_sequence = stream_sequence + 1",
        "outbox_in_another_place",
    ),
    (
        "forget to send",
        "with gone as (delete from intake.outbox_sent returning number)"
        " insert into intake.outbox_unsent select number from gone",
        "outbox_unsent",
    ),
    (
        "double a version",
        'update casework.outbox set headers = replace(headers, \'"ce-aggregateversion":"2"\','
        ' \'"ce-aggregateversion":"1"\')',
        "versions_missing_or_doubled",
    ),
    (
        "skip an event",
        "delete from escalation.inbox where ctid = (select min(ctid) from escalation.inbox)",
        "events_not_applied",
    ),
    (
        "apply an event from nowhere",
        "insert into casework.inbox (event_id) values (gen_random_uuid())",
        "events_applied_from_nowhere",
    ),
    ("fall behind", "update notify.position set sequence = 0", "events_not_read"),
    (
        "leave an event held",
        "insert into notify.held (event_id, sequence, partition, case_id, event_type, subject, headers, body, error,"
        " next_try_at) values (gen_random_uuid(), 1, 0, gen_random_uuid(), 'x', 'x', '{}', '', 'x', now())",
        "events_held",
    ),
    ("move a due date", "update escalation.clock set due_on = due_on + 5", "due_dates_moved"),
    (
        "start a clock in silence",
        "update escalation.clock set clock_id = gen_random_uuid() where clock_id ="
        " (select clock_id from escalation.clock where clock_id not in (select clock_id from escalation.rung) limit 1)",
        "clocks_without_announcement",
    ),
    (
        "end a clock in silence",
        "update escalation.clock set live = false, ended_on = due_on, next_rung = null, next_fire_at = null where live",
        "clock_ends_unsaid",
    ),
    (
        "skip a rung",
        f"delete from escalation.rung where clock_id = {_RUNG} and step = 0",
        "rungs_skipped",
    ),
    (
        "double a rung",
        f"insert into escalation.rung (clock_id, step, recipient_id, rung, fired_at)"
        " select distinct clock_id, step, 'somebody-else', rung, fired_at"
        f" from escalation.rung where clock_id = {_RUNG}",
        "rungs_unsaid_or_doubled",
    ),
    (
        "drop an alert",
        "with gone as (select alert_id from notify.alert limit 1), sent as (delete from notify.delivery using gone"
        " where delivery.alert_id = gone.alert_id) update notify.alert set clock_id = gen_random_uuid() from gone"
        " where alert.alert_id = gone.alert_id",
        "alerts_missing_or_doubled",
    ),
    (
        "drop a mail",
        "delete from notify.delivery where ctid = (select min(ctid) from notify.delivery)",
        "alerts_without_mail",
    ),
    ("forget a mail", "update notify.delivery set sent_at = null, reply_code = null", "mails_waiting"),
    (
        "cut the chain's end",
        "delete from audit.entry where number = (select max(number) from audit.entry)",
        "events_not_chained",
    ),
    ("change an entry", "update audit.entry set content = replace(content, 'complaint', 'feedback')", "chain_findings"),
    ("forge a signed head", "update audit.signed_head set hash = sha256('x')", "chain_findings"),
    (
        "take an entry out of the middle",
        "delete from audit.entry where number = 3",
        "chain_findings",
    ),
]


def _drop_message(facts: Facts) -> None:
    del facts.stream[2]


def _double_message(facts: Facts) -> None:
    facts.stream.append(replace(facts.stream[0], sequence=facts.stream[-1].sequence + 1))
    facts.entry_events.append(facts.stream[0].event_id)


def _forge_message(facts: Facts) -> None:
    last = facts.stream[-1].sequence
    facts.stream.append(Streamed(last + 1, str(uuid4()), "intake.petition.read", 0, "0" * 64))


def _swap_bodies(facts: Facts) -> None:
    one, two = facts.stream[0], facts.stream[1]
    facts.stream[0], facts.stream[1] = replace(one, body=two.body), replace(two, body=one.body)


def _swap_order(facts: Facts) -> None:
    order = {row.event_id: (row.service, row.aggregate_id) for row in facts.outbox}
    places: dict[tuple[str, str], list[int]] = {}
    for place, message in enumerate(facts.stream):
        places.setdefault(order[message.event_id], []).append(place)
    first, later = next(each for each in places.values() if len(each) > 1)[:2]
    facts.stream[first], facts.stream[later] = facts.stream[later], facts.stream[first]


def _lose_a_mail(facts: Facts) -> None:
    assert facts.sink
    facts.sink.pop()


def _mail_under_another_key(facts: Facts) -> None:
    assert facts.sink
    facts.sink.append(f"<{uuid4()}@elsewhere.invalid>")


def _twice(event_type: str) -> Callable[[Facts], None]:
    def plant(facts: Facts) -> None:
        for number in range(2):
            facts.outbox.append(replace(facts.outbox[0], event_id=f"planted-{number}", type=event_type))

    return plant


def _receipt_without_petition(facts: Facts) -> None:
    facts.receipts_given = {*facts.petitions, UUID(int=7)}


def _petition_nobody_sent(facts: Facts) -> None:
    facts.receipts_given = set(list(facts.petitions)[1:])


def _copy_with_another_text(facts: Facts) -> None:
    facts.stream.append(replace(facts.stream[0], sequence=facts.stream[-1].sequence + 1, body="0" * 64))


OUTSIDE: list[tuple[str, Callable[[Facts], None], str]] = [
    ("drop a message", _drop_message, "outbox_missing_in_stream"),
    ("cut a hole into the stream", _drop_message, "stream_gaps"),
    ("chain an event twice", _double_message, "events_chained_twice"),
    ("forge a message", _forge_message, "stream_forged"),
    ("swap two bodies", _swap_bodies, "stream_changed"),
    ("keep a second copy that says something else", _copy_with_another_text, "stream_changed"),
    ("swap two events of a case", _swap_order, "events_out_of_order"),
    ("lose a mail", _lose_a_mail, "mails_not_taken"),
    ("send a mail under a second key", _mail_under_another_key, "mails_from_nowhere"),
    ("transfer a letter again", _twice("routing.letter.transferred"), "transferred_twice"),
    ("guide a sender again", _twice("routing.letter.guided"), "guided_twice"),
    ("give a receipt for nothing", _receipt_without_petition, "receipts_without_petition"),
    ("register what nobody sent", _petition_nobody_sent, "petitions_without_sender"),
]
