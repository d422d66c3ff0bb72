"""Names on NATS: `evt.<partition>.<service>.<noun>.<verb>`, `cmd.<service>.<verb>`, `q.<service>.<noun>`."""

from uuid import UUID

PARTITIONS = 16
STREAM = "EVENTS"
REPLICAS = 4
"""Consumer names a service may use, hence the greatest number of its replicas."""


def partition_of(case_id: UUID) -> int:
    """Partition of a case, 0 to 15; ids are random, so their low bits spread evenly."""
    return case_id.int % PARTITIONS


def event_subject(partition: int, event_type: str) -> str:
    """Subject of an event."""
    return f"evt.{partition}.{event_type}"


def partition_of_subject(subject: str) -> int:
    """Partition named in an event's subject."""
    return int(subject.split(".", 2)[1])


def consumer_name(service: str, replica: int) -> str:
    """The one consumer of a replica; enumerated so that permissions can name it."""
    return f"{service}-{replica}"


def inbox_prefix(identity: str) -> str:
    """Reply subjects of one identity; nobody else may subscribe to them."""
    return f"_INBOX_{identity}"
