"""What a simulated official does next with a case: pure, from the row of the read model and the letter's label.

Officials confirm (correcting a proposal to the label), act, delay; who is absent leaves it to the acting one.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared import procedure
from shared.contracts.vocabulary import Kind, Mark, Notice, Outcome, Stage
from shared.directory import Directory, Role
from shared.procedure import LIFE, OUTCOMES
from simulation.corpus.corpus import DemoLetter

Row = dict[str, Any]

_PAUSE = {
    Stage.PROPOSED: 1,
    Stage.TRANSFERRED: 1,
    Stage.RETURNED: 2,
    Stage.OPEN: 1,
    Stage.TAKEN: 2,
    Stage.REFUSED: 1,
    Stage.DECIDED: 1,
}
_WORK = {"complaint": 11, "denunciation": 14, "information": 6, "feedback": 4, "land_dispute": 8}
LATE = 6
"""Working days after the due date on which a late case is decided."""
FORGOTTEN = 14
"""Working days for which nobody looks at a forgotten letter."""


@dataclass(frozen=True, slots=True)
class Act:
    """One call at the door: who, what."""

    officer_id: str
    path: str
    body: dict[str, Any]


def pause(row: Row, letter: DemoLetter, kind: str) -> int:
    """Working days until this case is looked at again."""
    stage = row["stage"]
    if stage == Stage.PROPOSED and letter.fate == "forgotten_unconfirmed":
        return FORGOTTEN
    if (stage == Stage.ACCEPTED and not row["owed"]) or (stage == Stage.TAKEN and _answered_at_once(kind)):
        return _WORK.get(kind, 5)
    return _PAUSE.get(stage, 1)


def next_act(row: Row, letter: DemoLetter, directory: Directory, on: date, number: int) -> Act | None:
    """The lawful next step; None when nobody acts."""
    match row["stage"]:
        case Stage.PROPOSED | Stage.RETURNED:
            return _classify(row, letter, directory, on, number)
        case Stage.TRANSFERRED:
            return Act(row["person_id"], "receive", {"version": _version(row, "routing"), "received_on": str(on)})
        case Stage.OPEN:
            body = {"version": _version(row, "casework"), "nothing_bars_me": True}
            return Act(row["holder_id"], "take-over", body)
        case Stage.TAKEN if letter.fate == "never":
            return None
        case Stage.TAKEN:
            return _accept(row, letter, directory, on, number)
        case Stage.ACCEPTED:
            return _moving(row, directory, on, number) or _resolve(row, directory, on, number)
        case Stage.REFUSED | Stage.DECIDED if row["owed"]:
            return _notice(row, on, number)
        case Stage.REFUSED | Stage.DECIDED:
            return Act(row["holder_id"], "close", {"version": _version(row, "casework"), "closed_on": str(on)})
        case _:
            return None


def _resolve(row: Row, directory: Directory, on: date, number: int) -> Act | None:
    return _notice(row, on, number) if row["owed"] else _decide(row, directory, on, number, str(row["kind"]))


_PAPERS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "complaint": (
        ("complicate", {"criteria": ["several_places", "evidence_conflicts"]}),
        ("terminate", {"ground": "withdrawn", "withdrawn_by": "sender"}),
    ),
    "denunciation": (
        ("extend", {"criteria": ["many_people"]}),
        ("suspend", {"ground": "awaits_body"}),
        ("terminate", {"ground": "withdrawn", "withdrawn_by": "representative", "nothing_to_pursue": True}),
    ),
}
"""Papers that move a case or end it early, before its acceptance was told; some cases have none."""


def _moving(row: Row, directory: Directory, on: date, number: int) -> Act | None:
    papers = _PAPERS.get(str(row["kind"]), ())
    place = zlib.crc32(row["case_id"].bytes) % (len(papers) + 2)
    marks, head = row["marks"] or [], _head(row, directory, on)
    paper = {"version": _version(row, "casework"), "document_number": f"{number}/QĐ-UBND", "acted_on": str(on)}
    if head is None:
        return None
    if Mark.SUSPENDED in marks:
        return Act(head, "resume", paper)
    if marks or list(row["owed"]) != [Notice.ACCEPTANCE] or place >= len(papers):
        return None
    path, given = papers[place]
    return Act(head, path, paper | given)


def _version(row: Row, service: str) -> int:
    return int(row["versions"].get(service, 0))


def _classify(row: Row, letter: DemoLetter, directory: Directory, on: date, number: int) -> Act | None:
    version, person = _version(row, "routing"), row["person_id"]
    moved = row["stage"] == Stage.RETURNED or row["transferred_from"] is not None
    if not moved:
        match letter.fate:
            case "transfer_inside" | "transfer_outside":
                target = "to_authority_id" if letter.fate == "transfer_inside" else "to_body"
                body = {
                    "version": version,
                    "kind": letter.label.kind,
                    target: letter.target,
                    "document_number": f"{number}/PC-UBND",
                    "dispatched_on": str(on),
                    "proof": "posted",
                    "nobody_denounced": _clear(letter),
                }
                return Act(person, "transfer", body)
            case "guide":
                body = {
                    "version": version,
                    "kind": letter.label.kind,
                    "document_number": f"{number}/HD-UBND",
                    "guided_on": str(on),
                    "proof": "handed_over",
                }
                return Act(person, "guide", body)
            case "file":
                return Act(person, "file", {"version": version, "kind": letter.label.kind, "ground": letter.ground})
    authority = letter.label.authority
    body = {
        "version": version,
        "kind": letter.label.kind,
        "nobody_denounced": _clear(letter),
        "level": letter.label.level,
        "competent_authority_id": authority,
        "holder_id": _holder(row, letter, directory, authority, on),
    }
    return Act(person, "confirm", body)


def _answered_at_once(kind: str) -> bool:
    return kind in LIFE and procedure.Act.ACCEPT not in LIFE[Kind(kind)][Stage.TAKEN].acts


def _clear(letter: DemoLetter) -> bool:
    """The answer to whether the letter denounces somebody, by its label."""
    return letter.label.kind not in (Kind.DENUNCIATION, Kind.INFORMATION)


def _holder(row: Row, letter: DemoLetter, directory: Directory, authority: str, on: date) -> str | None:
    """The proposed holder when the authority is the proposed one, else an officer there who is not kept away."""
    if row["competent_authority_id"] == authority and row["holder_id"]:
        return str(row["holder_id"])
    away = set(letter.against)
    if letter.label.kind in (Kind.DENUNCIATION, Kind.INFORMATION):
        away |= {officer for target in letter.against for officer in directory.line_of(target, on)}
    for role in (Role.OFFICER, Role.ADVISER, Role.HANDLER, Role.DEPUTY):
        for officer in directory.holders_of(authority, role, on):
            if officer not in away:
                return officer
    return None


def _accept(row: Row, letter: DemoLetter, directory: Directory, on: date, number: int) -> Act | None:
    kind = str(row["kind"])
    if _answered_at_once(kind):
        return _decide(row, directory, on, number, kind)
    head = _head(row, directory, on)
    if head is None:
        return None
    version = _version(row, "casework")
    if letter.fate == "refuse":
        body = {
            "version": version,
            "document_number": f"{number}/TB-UBND",
            "refused_on": str(on),
            "ground": letter.ground,
        }
        return Act(head, "refuse", body)
    return Act(head, "accept", {"version": version, "document_number": f"{number}/TB-UBND", "accepted_on": str(on)})


def _decide(row: Row, directory: Directory, on: date, number: int, kind: str) -> Act | None:
    head = _head(row, directory, on)
    if head is None:
        return None
    outcomes = (Outcome.AGREED,) if kind == Kind.LAND_DISPUTE else OUTCOMES[Kind(kind)]
    outcome = outcomes[number % len(outcomes)]
    suffix = {"complaint": "QĐ-UBND", "denunciation": "KL-UBND"}.get(kind, "CV-UBND")
    body = {
        "version": _version(row, "casework"),
        "document_number": f"{number}/{suffix}",
        "decided_on": str(on),
        "outcome": outcome,
    }
    return Act(head, "decide", body)


def _notice(row: Row, on: date, number: int) -> Act:
    body = {
        "version": _version(row, "casework"),
        "notice": sorted(row["owed"])[0],
        "document_number": f"{number}/TB-UBND",
        "sent_on": str(on),
        "proof": "posted",
    }
    return Act(str(row["holder_id"]), "notice", body)


def _head(row: Row, directory: Directory, on: date) -> str | None:
    found = directory.available(str(row["competent_authority_id"]), Role.HEAD, on, frozenset(row["hidden_from"]))
    return found.officer_id if found else None
