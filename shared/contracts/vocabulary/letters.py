"""How letters arrive and what they are."""

from enum import StrEnum


class Channel(StrEnum):
    """How a letter arrived."""

    COUNTER = "counter"
    POST = "post"
    BOX = "box"
    HOTLINE = "hotline"
    HAMLET = "hamlet"
    RECEPTION = "reception"
    FORWARDED = "forwarded"
    WEB = "web"


class Kind(StrEnum):
    """What a letter is by content (TT05/2021 Đ6.1)."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    INFORMATION = "information"
    FEEDBACK = "feedback"
    LAND_DISPUTE = "land_dispute"
    MIXED = "mixed"
    OUT_OF_SCOPE = "out_of_scope"


class Body(StrEnum):
    """Bodies outside the system: they forward letters to it, and letters are dispatched to them with proof."""

    COURT = "court"
    PROCURACY = "procuracy"
    POLICE = "police"
    PARTY = "party"
    PEOPLES_COUNCIL = "peoples_council"
    NATIONAL_ASSEMBLY = "national_assembly"
    FRONT = "front"
    PRESS = "press"
    MINISTRY = "ministry"
    OTHER_PROVINCE = "other_province"


class Flag(StrEnum):
    """What a reader noticed beside the kind."""

    ANONYMOUS = "anonymous"
    MULTI_SIGNER = "multi_signer"
    SECOND_TIME = "second_time"
    BYPASS = "bypass"
    WITHDRAWN = "withdrawn"
    URGENT = "urgent"


class Purpose(StrEnum):
    """Why somebody opens a protected document."""

    CLASSIFY = "classify"
    RESOLVE = "resolve"


class DocumentKind(StrEnum):
    """Documents of a petition that can be asked for."""

    WORKING_TEXT = "working_text"
