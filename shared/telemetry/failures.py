"""An exception as it may be written down: its type, its code and a random id; its message never."""

from uuid import uuid4

from shared.telemetry.fields import FIELDS, MISFIT

UNEXPECTED = "unexpected"
_OUR_CODE = ("services.", "shared.", "operations.", "simulation.")


def failure(error: BaseException) -> dict[str, str]:
    """`error_type`, `error_code`, `failure_id` (a random UUID that also goes to whoever must quote it).

    Only exceptions of this code base have a code that can be trusted to be a closed word; any other is `unexpected`.
    """
    kind = type(error)
    code = getattr(error, "code", None) if kind.__module__.startswith(_OUR_CODE) else None
    return {
        "error_type": str(FIELDS["error_type"](kind.__name__) or MISFIT),
        "error_code": str(FIELDS["error_code"](code) or UNEXPECTED),
        "failure_id": str(uuid4()),
    }
