"""The working text: the letter with the sender's own data masked, each kind of data in its own way."""

from collections.abc import Collection

from services.intake.masking.names import names
from services.intake.masking.numbers import mails, numbers, phones
from services.intake.masking.places import Bodies, places
from services.intake.masking.span import Read, Span
from shared.contracts.intake import Letter
from shared.text import reading_form

MASK = "█"


def own_data(letter: Letter, bodies: Bodies) -> tuple[Span, ...]:
    """Where the sender's own data stands, in the order of the text; what is unsure only where nothing sure is."""
    text = Read(letter.text, *reading_form(letter.text))
    others = bodies.spoken_of(text)
    found = {
        *phones(text, letter.phone),
        *numbers(text, letter.sender_id_number),
        *mails(text, letter.email),
        *(each for each in names(text, letter.sender_name) if not any(map(each.overlaps, others))),
        *(each for each in places(text, letter.sender_address, bodies) if not any(map(each.overlaps, others))),
    }
    taken = bytearray(len(letter.text))
    kept = []
    for each in sorted(found, key=lambda each: (not each.sure, each.start, -each.end)):
        if each.sure or not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            kept.append(each)
    return tuple(sorted(kept))


def working_text(letter: Letter, spans: Collection[Span]) -> str:
    """Mask the sender's own data, place by place, so that offsets stay. What is unsure and nobody was asked about is
    masked too; what whoever registered said is not the sender's (`not_own`) stays."""
    masked = list(letter.text)
    for span in spans:
        if not span.sure and span.start in letter.not_own:
            continue
        masked[span.start : span.end] = MASK * (span.end - span.start)
    return "".join(masked)
