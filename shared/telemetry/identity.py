"""Who speaks: the resource that traces, metrics and logs of one process share."""

from opentelemetry.sdk.resources import Resource


def resource_of(service: str, replica: int) -> Resource:
    """`service.name` and `service.instance.id`; nothing of the machine, of the process or of its environment."""
    return Resource({"service.name": service, "service.instance.id": f"{service}-{replica}"})
