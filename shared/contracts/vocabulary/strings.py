"""Strings of a closed form."""

from typing import Annotated

from pydantic import StringConstraints

DirectoryId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
"""Id of an authority, unit or officer in the directory."""

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}-[0-9]{2}[a-z]?$")]
"""Statutory rule (`KN-12`) of :mod:`shared.law`."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,60}$")]
"""A word of a closed list kept by the emitter: version stamps, error codes, lexicon rule ids, event types."""

DocumentNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}/(20[0-9]{2}/)?[A-ZĐ]{1,6}(-[A-ZĐ]{1,8}){0,3}$")]
"""Number of one of our own documents, in the pattern of Nghị định 30/2020 (`15/TB-UBND`)."""

RegisterNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[0-9]{4}-[0-9]{5}$")]
"""Number in a register's series, drawn when the kind is confirmed (`KN-2025-00017`)."""

KeyedHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""HMAC-SHA256 under a key that lives in the vault."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of something that is itself public within the house."""

CalendarVersion = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$")]
"""Version of the working-day calendar or of the law tables a due date was computed with."""

TraceParent = Annotated[str, StringConstraints(pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
"""W3C Trace Context `traceparent`."""
