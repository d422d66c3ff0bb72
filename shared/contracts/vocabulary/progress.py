"""How far a case is, what is to be done, what is decided."""

from enum import StrEnum


class Task(StrEnum):
    """What the responsible person has to do now (one of the five clears)."""

    CLASSIFY = "classify"
    TAKE_OVER = "take_over"
    PREPARE_ACCEPTANCE = "prepare_acceptance"
    RESOLVE = "resolve"
    ANSWER = "answer"
    MEDIATE = "mediate"
    SEND_NOTICE = "send_notice"
    CLOSE = "close"
    CONFIRM_RECEIPT = "confirm_receipt"
    SETTLE_RETURN = "settle_return"
    REVIEW_SUSPENSION = "review_suspension"


class Result(StrEnum):
    """What the task must produce (one of the five clears)."""

    CONFIRMED_KIND = "confirmed_kind"
    HOLDER_IN_CHARGE = "holder_in_charge"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    DECISION = "decision"
    CONCLUSION = "conclusion"
    ANSWER = "answer"
    MEDIATION_MINUTES = "mediation_minutes"
    NOTICE_SENT = "notice_sent"
    CLOSED_FILE = "closed_file"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    COMPETENCE_SETTLED = "competence_settled"
    RESUMED_TERM = "resumed_term"


class Stage(StrEnum):
    """How far a letter and its case are. Transferred is to another authority of the house, dispatched is to outside."""

    REGISTERED = "registered"
    PROPOSED = "proposed"
    """The machine has proposed, a named person confirms."""
    TRANSFERRED = "transferred"
    RECEIVED = "received"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    OPEN = "open"
    TAKEN = "taken"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    CLOSED = "closed"
    GUIDED = "guided"
    FILED = "filed"
    SPLIT = "split"
    """Became several letters, each with its own case."""
    DISPATCHED = "dispatched"


class RefusalGround(StrEnum):
    """Why a case is not accepted (LKN Đ11, LTC Đ29, QĐ2304)."""

    NOT_AFFECTED = "not_affected"
    NO_CAPACITY = "no_capacity"
    UNLAWFUL_REPRESENTATIVE = "unlawful_representative"
    NOT_SIGNED = "not_signed"
    OUT_OF_TIME = "out_of_time"
    ALREADY_SETTLED = "already_settled"
    IN_COURT = "in_court"
    INTERNAL_ACT = "internal_act"
    NO_GROUNDS = "no_grounds"
    CONDITIONS_NOT_MET = "conditions_not_met"


class FilingGround(StrEnum):
    """Why a letter is filed (xếp lưu đơn, TT05/2021 Đ28)."""

    INELIGIBLE = "ineligible"
    OUT_OF_TIME = "out_of_time"
    SETTLED = "settled"
    UNREADABLE = "unreadable"
    ALREADY_SENT_TO_COMPETENT = "already_sent_to_competent"
    ALREADY_GUIDED = "already_guided"
    INFORMATION_WITHOUT_EVIDENCE = "information_without_evidence"


class ReturnReason(StrEnum):
    """Why a transferred letter is returned to the common superior."""

    NOT_COMPETENT = "not_competent"
    INCOMPLETE = "incomplete"
    DUPLICATE = "duplicate"


class Outcome(StrEnum):
    """What was decided, concluded, answered or agreed."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    ANSWERED = "answered"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    TERMINATED = "terminated"
    """Ended before it was decided (đình chỉ giải quyết)."""


class Notice(StrEnum):
    """A notice owed to the sender."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    DECISION = "decision"
    PUBLICATION = "publication"
    """To the public, without anything of the sender."""
    EXTENSION = "extension"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    TRANSFER = "transfer"
    GUIDANCE = "guidance"
    FILING = "filing"


class Proof(StrEnum):
    """How it is proven that a notice or dispatch went out."""

    HANDED_OVER = "handed_over"
    POSTED = "posted"
    SIGNED_FOR = "signed_for"


class CaseMove(StrEnum):
    """Acts that move the term of a case."""

    COMPLICATE = "complicate"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"


class Mark(StrEnum):
    """What papers have made of an accepted case."""

    COMPLICATED = "complicated"
    EXTENDED = "extended"
    EXTENDED_TWICE = "extended_twice"
    SUSPENDED = "suspended"


class Criterion(StrEnum):
    """Why a case is complicated (NĐ155/2026 Đ2, NĐ31/2019 Đ3.2)."""

    SEVERAL_PLACES = "several_places"
    SEVERAL_CONTENTS = "several_contents"
    MANY_PEOPLE = "many_people"
    FOREIGN_ELEMENT = "foreign_element"
    SEVERAL_BODIES = "several_bodies"
    BODIES_DIFFER = "bodies_differ"
    EVIDENCE_CONFLICTS = "evidence_conflicts"


class PauseGround(StrEnum):
    """Why the resolution is suspended (LKN Đ11a.1, NĐ155 Đ12; LTC Đ34)."""

    FORCE_MAJEURE = "force_majeure"
    OBSTACLE = "obstacle"
    AWAITS_RESULT = "awaits_result"
    AWAITS_BODY = "awaits_body"
    AWAITS_EXPERTS = "awaits_experts"


class EndGround(StrEnum):
    """Why the resolution is terminated (LKN Đ10, Đ11a.2; LTC Đ33, Đ34)."""

    WITHDRAWN = "withdrawn"
    DIED = "died"
    """The complainant, without an heir to the right."""
    DISSOLVED = "dissolved"
    DENOUNCED_DIED = "denounced_died"
    JUDGED = "judged"


class Withdrawer(StrEnum):
    """Who withdraws; only the sender or his representative may (LKN Đ10, LTC Đ33)."""

    SENDER = "sender"
    REPRESENTATIVE = "representative"
    OTHER = "other"
