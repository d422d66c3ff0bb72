"""Whose fault an exception is: the infrastructure's, which is waited for, or the event's, which is held. Pure."""

import asyncio
import re

import asyncpg
import nats.errors
import nats.js.errors
from asyncpg import exceptions as pg

_INFRASTRUCTURE: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    pg.PostgresConnectionError,
    pg.InsufficientResourcesError,
    pg.OperatorInterventionError,
    pg.TransactionRollbackError,
    pg.LockNotAvailableError,
    pg.InternalServerError,
    pg.PostgresIOError,
    pg.IdleInTransactionSessionTimeoutError,
    pg.ReadOnlySQLTransactionError,
    pg.InvalidAuthorizationSpecificationError,
    nats.errors.Error,
)
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9_]", re.ASCII)


def is_infrastructure(error: BaseException) -> bool:
    """True when waiting may help: connection, timeout, no responder, disk, deadlock. Never counts as a try (law 13).

    A value that asyncpg cannot encode is an InterfaceError too, but no waiting mends it: it is the event's fault.
    """
    if isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError):
        return False
    return isinstance(error, _INFRASTRUCTURE)


def code_of(error: BaseException) -> str:
    """A closed word (:data:`shared.contracts.vocabulary.Code`) for an exception: its `code`, else its type."""
    code = getattr(error, "code", None)
    word = code if isinstance(code, str) else type(error).__name__
    return _NOT_IN_A_CODE.sub("_", word.lower()).lstrip("_0123456789")[:60] or "error"


def growing(attempt: int, *, first: float = 0.2, most: float = 10.0) -> float:
    """Seconds of machine time to wait before attempt number `attempt` (from 1)."""
    return float(min(most, first * 2.0 ** min(attempt - 1, 20)))
