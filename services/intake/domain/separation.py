"""Cutting a mixed letter by its contents (TT05/2021 Đ21): every word goes into at least one part."""

from collections.abc import Sequence

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

Stretch = tuple[int, int]
"""First character and the one after the last."""


def check_separation(text: str, parts: Sequence[Sequence[Stretch]]) -> None:
    """Check that the parts are stretches of the text and leave nothing of it out.

    Raises:
        Denied: a stretch outside the text, an empty part, or a word that no part has (its position is told).
    """
    covered = bytearray(len(text))
    for stretches in parts:
        for start, end in stretches:
            if not 0 <= start < end <= len(text):
                raise Denied(ErrorCode.INVALID, field="parts")
            covered[start:end] = b"\1" * (end - start)
        if not cut(text, stretches).strip():
            raise Denied(ErrorCode.INVALID, field="parts")
    for position, character in enumerate(text):
        if not covered[position] and not character.isspace():
            raise Denied(ErrorCode.SPLIT_INCOMPLETE, field="parts", position=position)


def cut(text: str, stretches: Sequence[Stretch]) -> str:
    """The text of these stretches in its own order; those that touch or overlap are one."""
    joined: list[list[int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return "\n".join(text[start:end] for start, end in joined)
