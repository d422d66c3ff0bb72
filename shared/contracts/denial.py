"""The typed refusal that a decision raises and that travels to the person as a sentence with advice."""

from shared.contracts.base import Error
from shared.contracts.vocabulary import ErrorCode


class Denied(Exception):
    """A command or query is refused; `error` says why in closed words."""

    def __init__(
        self, code: ErrorCode, *, field: str | None = None, position: int | None = None, rule: str | None = None
    ) -> None:
        super().__init__(code.value)
        self.code = code.value
        self.error = Error(code=code, field=field, position=position, rule=rule)

    @classmethod
    def of(cls, error: Error) -> "Denied":
        """The refusal that another service answered with."""
        return cls(error.code, field=error.field, position=error.position, rule=error.rule)
