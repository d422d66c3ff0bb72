"""The equations. Each line counts what breaks it and must be 0. Pure: facts in, numbers out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from operations.ledger.facts import Facts
from services.audit.domain import genesis, verify
from shared.contracts.bus.flows import consumed_types
from shared.contracts.house import SERVICES

Line = Callable[[Facts], int]


def balance(facts: Facts) -> dict[str, int]:
    """Every line of the ledger."""
    return {name: line(facts) for name, line in LINES.items()}


def _doubled(values: Iterable[object]) -> int:
    return sum(count - 1 for count in Counter(values).values())


def _lost(facts: Facts) -> int:
    return len(facts.receipts_given - facts.petitions) if facts.receipts_given is not None else 0


def _unasked(facts: Facts) -> int:
    """Petitions that the sender's list does not know; separated contents are the house's own."""
    if facts.receipts_given is None:
        return 0
    return len(facts.petitions - facts.receipts_given)


def _registers_with_gaps(facts: Facts) -> int:
    wrong = 0
    for numbers in facts.registers.values():
        wrong += len(set(range(1, max(numbers) + 1)) ^ set(numbers)) + _doubled(numbers)
    return wrong


def _twice(event_type: str) -> Line:
    """Letters to which something happened again that the law allows once."""

    def line(facts: Facts) -> int:
        return _doubled(row.case_id for row in facts.outbox if row.type == event_type)

    return line


def _unsent(facts: Facts) -> int:
    return sum(1 for row in facts.outbox if row.sequence is None)


def _missing_in_stream(facts: Facts) -> int:
    present = {message.event_id for message in facts.stream}
    return sum(1 for row in facts.outbox if row.sequence is not None and row.event_id not in present)


def _forged_in_stream(facts: Facts) -> int:
    known = {row.event_id for row in facts.outbox}
    return sum(1 for message in facts.stream if message.event_id not in known)


def _changed_in_stream(facts: Facts) -> int:
    bodies = {row.event_id: (row.body, row.type) for row in facts.outbox}
    return sum(
        1
        for message in facts.stream
        if message.event_id in bodies and bodies[message.event_id] != (message.body, message.type)
    )


def second_copies(facts: Facts) -> int:
    """Places of the stream at which an event stands again: published anew after an outage longer than the stream's
    duplicate window, and dropped by every reader's inbox. No fault, and counted apart."""
    return _doubled(message.event_id for message in facts.stream)


def _wrong_place(facts: Facts) -> int:
    """Rows whose recorded sequence is no place where the event stands."""
    places = {(message.event_id, message.sequence) for message in facts.stream}
    return sum(1 for row in facts.outbox if row.sequence is not None and (row.event_id, row.sequence) not in places)


def _stream_gaps(facts: Facts) -> int:
    sequences = [message.sequence for message in facts.stream]
    return len(set(range(1, (sequences[-1] if sequences else 0) + 1)) ^ set(sequences))


def _versions_broken(facts: Facts) -> int:
    """Versions of an aggregate that are missing or doubled."""
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in facts.outbox:
        seen[row.service, row.aggregate_id].append(row.version)
    return sum(len(set(range(1, max(each) + 1)) ^ set(each)) + _doubled(each) for each in seen.values())


def _out_of_order(facts: Facts) -> int:
    """Events of an aggregate that stand in the stream, at first, before an earlier one."""
    place = {row.event_id: (row.service, row.aggregate_id, row.version) for row in facts.outbox}
    last: dict[tuple[str, str], int] = {}
    wrong = 0
    for message in facts.stream:
        if first := place.pop(message.event_id, None):
            service, aggregate, version = first
            wrong += version < last.get((service, aggregate), 0)
            last[service, aggregate] = max(version, last.get((service, aggregate), 0))
    return wrong


def _not_applied(facts: Facts) -> int:
    """Events behind a reader's position that it neither applied nor holds."""
    wrong = 0
    for service in SERVICES:
        types, known = consumed_types(service), facts.inbox[service] | facts.held[service]
        positions = facts.positions[service]
        wrong += sum(
            1
            for message in facts.stream
            if message.type in types
            and message.sequence <= positions.get(message.partition, 0)
            and message.event_id not in known
        )
    return wrong


def _not_read(facts: Facts) -> int:
    """Events beyond a reader's position."""
    return sum(
        1
        for service in SERVICES
        for message in facts.stream
        if message.type in consumed_types(service)
        and message.sequence > facts.positions[service].get(message.partition, 0)
    )


def _applied_from_nowhere(facts: Facts) -> int:
    present = {message.event_id for message in facts.stream}
    return sum(len(inbox - present) for inbox in facts.inbox.values())


def _due_dates_moved(facts: Facts) -> int:
    """In silence, or without a paper of casework (law 6)."""
    silent = sum(1 for clock, due in facts.clocks_started.items() if facts.clocks.get(clock, ("", False))[0] != due)
    return silent + len(facts.moves - facts.papers)


def _clocks_from_nowhere(facts: Facts) -> int:
    return len(set(facts.clocks) ^ set(facts.clocks_started))


def _ends_unsaid(facts: Facts) -> int:
    dead = {clock for clock, (_, live) in facts.clocks.items() if not live}
    return len(dead ^ facts.clocks_ended)


def _rungs_skipped(facts: Facts) -> int:
    steps: dict[UUID, set[int]] = defaultdict(set)
    for rung in facts.rungs:
        steps[rung.clock_id].add(rung.step)
    return sum(len(set(range(max(each) + 1)) - each) for each in steps.values())


def _rungs_unsaid(facts: Facts) -> int:
    recorded = Counter((rung.clock_id, rung.step, rung.recipient_id) for rung in facts.rungs)
    fired = Counter(facts.rungs_fired)
    return sum(((recorded - fired) + (fired - recorded)).values())


def _alerts_missing(facts: Facts) -> int:
    fired = Counter((clock, recipient) for clock, _, recipient in facts.rungs_fired)
    raised = Counter((clock, recipient) for _, clock, recipient in facts.alerts)
    return sum(((fired - raised) + (raised - fired)).values())


def _alerts_without_mail(facts: Facts) -> int:
    return len({alert for alert, _, _ in facts.alerts} ^ (facts.mails_sent | facts.mails_waiting))


def _mail_key(message_id: str) -> str:
    return message_id.strip("<>").split("@", 1)[0]


def _mails_not_taken(facts: Facts) -> int:
    if facts.sink is None:
        return 0
    taken = {_mail_key(each) for each in facts.sink}
    return sum(1 for alert in facts.mails_sent if str(alert) not in taken)


def _mails_from_nowhere(facts: Facts) -> int:
    """Mails under a key that is no alert's: two keys for one notice show here."""
    if facts.sink is None:
        return 0
    known = {str(alert) for alert, _, _ in facts.alerts}
    return sum(1 for each in {_mail_key(each) for each in facts.sink} if each not in known)


def _not_chained(facts: Facts) -> int:
    return len({message.event_id for message in facts.stream} ^ set(facts.entry_events))


def _chained_twice(facts: Facts) -> int:
    return _doubled(facts.entry_events)


def _chain_findings(facts: Facts) -> int:
    _, _, findings = verify(genesis(facts.realm), facts.entries, facts.heads, facts.audit_key)
    return len(findings)


LINES: Mapping[str, Line] = {
    "receipts_without_petition": _lost,
    "petitions_without_sender": _unasked,
    "petitions_without_receipt_row": lambda facts: len(facts.petitions ^ facts.receipts),
    "petitions_without_three_capsules": lambda facts: sum(facts.capsules.get(each, 0) != 3 for each in facts.petitions),
    "petitions_not_classified": lambda facts: len(facts.petitions ^ facts.classified),
    "petitions_not_shown": lambda facts: len(facts.petitions ^ facts.shown),
    "register_numbers_missing_or_doubled": _registers_with_gaps,
    "transferred_twice": _twice("routing.letter.transferred"),
    "guided_twice": _twice("routing.letter.guided"),
    "outbox_unsent": _unsent,
    "outbox_missing_in_stream": _missing_in_stream,
    "outbox_in_another_place": _wrong_place,
    "stream_forged": _forged_in_stream,
    "stream_changed": _changed_in_stream,
    "stream_gaps": _stream_gaps,
    "versions_missing_or_doubled": _versions_broken,
    "events_out_of_order": _out_of_order,
    "events_not_applied": _not_applied,
    "events_not_read": _not_read,
    "events_held": lambda facts: sum(len(held) for held in facts.held.values()),
    "events_applied_from_nowhere": _applied_from_nowhere,
    "clocks_without_announcement": _clocks_from_nowhere,
    "due_dates_moved": _due_dates_moved,
    "clock_ends_unsaid": _ends_unsaid,
    "rungs_skipped": _rungs_skipped,
    "rungs_unsaid_or_doubled": _rungs_unsaid,
    "alerts_missing_or_doubled": _alerts_missing,
    "alerts_without_mail": _alerts_without_mail,
    "mails_waiting": lambda facts: len(facts.mails_waiting),
    "mails_not_taken": _mails_not_taken,
    "mails_from_nowhere": _mails_from_nowhere,
    "events_not_chained": _not_chained,
    "events_chained_twice": _chained_twice,
    "chain_findings": _chain_findings,
}
"""Name of each line and what it counts."""
