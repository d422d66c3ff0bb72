"""What may be chosen in an act, by kind: how a case ends, why it is not accepted."""

from collections.abc import Mapping

from shared.contracts.vocabulary import Kind, Outcome, RefusalGround

_FOUND = (Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.REJECTED)
OUTCOMES: Mapping[Kind, tuple[Outcome, ...]] = {
    Kind.COMPLAINT: _FOUND,
    Kind.DENUNCIATION: _FOUND,
    Kind.LAND_DISPUTE: (Outcome.AGREED, Outcome.NOT_AGREED),
    Kind.FEEDBACK: (Outcome.ANSWERED,),
    Kind.INFORMATION: (Outcome.ANSWERED,),
}
"""How a case of each kind may end (KN-44, TC-22, HG-06, XL-15)."""

_PERSON = (RefusalGround.NO_CAPACITY, RefusalGround.UNLAWFUL_REPRESENTATIVE, RefusalGround.NOT_SIGNED)
GROUNDS: Mapping[Kind, tuple[RefusalGround, ...]] = {
    Kind.COMPLAINT: (
        RefusalGround.NOT_AFFECTED,
        *_PERSON,
        RefusalGround.OUT_OF_TIME,
        RefusalGround.ALREADY_SETTLED,
        RefusalGround.IN_COURT,
        RefusalGround.INTERNAL_ACT,
    ),
    Kind.DENUNCIATION: (*_PERSON, RefusalGround.NO_GROUNDS, RefusalGround.CONDITIONS_NOT_MET),
    Kind.LAND_DISPUTE: (
        *_PERSON,
        RefusalGround.ALREADY_SETTLED,
        RefusalGround.IN_COURT,
        RefusalGround.CONDITIONS_NOT_MET,
    ),
}
"""Why a case is not accepted: LKN Đ11 (KN-31); LTC Đ29.1 (TC-12), with no limitation (TC-39); LĐĐ Đ235 (HG-01)."""
