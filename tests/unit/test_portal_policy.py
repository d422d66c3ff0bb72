"""Who may see a case: one policy, and exclusion beats every tag."""

from datetime import date

import pytest

from services.portal.policy import Viewer, audience, viewer_of
from shared.contracts.vocabulary import Kind
from shared.directory import load

DIRECTORY = load("thach_an")
DAY = date(2025, 1, 6)


def viewer(officer_id: str) -> Viewer:
    found = viewer_of(DIRECTORY, officer_id, DAY)
    assert found is not None
    return found


def tags(stage: str, kind: Kind | None) -> set[str]:
    return set(
        audience(
            stage=stage,
            kind=kind,
            confirmer_authority_id="dong-khe",
            receiving_authority_id="dong-khe",
            competent_authority_id="dong-khe",
            person_id="dong-khe-04",
            holder_id="dong-khe-04",
            transferred_by="canh-tan-03",
            alerted=[],
        )
    )


@pytest.mark.parametrize(
    ("stage", "kind", "officer", "sees"),
    [
        ("registered", None, "dong-khe-03", False),
        ("registered", None, "thach-an-01", False),
        ("proposed", Kind.COMPLAINT, "dong-khe-03", True),
        ("proposed", Kind.COMPLAINT, "thach-an-03", False),
        ("proposed", None, "dong-khe-05", False),
        ("open", Kind.COMPLAINT, "dong-khe-04", True),
        ("open", Kind.COMPLAINT, "dong-khe-03", True),
        ("open", Kind.COMPLAINT, "dong-khe-01", True),
        ("open", Kind.COMPLAINT, "thach-an-03", True),
        ("open", Kind.COMPLAINT, "canh-tan-01", False),
        ("open", Kind.DENUNCIATION, "dong-khe-04", True),
        ("open", Kind.DENUNCIATION, "dong-khe-01", True),
        ("open", Kind.DENUNCIATION, "dong-khe-03", False),
        ("open", Kind.DENUNCIATION, "thach-an-03", False),
        ("transferred", Kind.FEEDBACK, "dong-khe-03", True),
        ("transferred", Kind.FEEDBACK, "canh-tan-03", True),
        ("transferred", Kind.FEEDBACK, "thach-an-03", False),
        ("proposed", Kind.FEEDBACK, "canh-tan-03", False),
        ("open", Kind.FEEDBACK, "canh-tan-03", True),
        ("open", Kind.DENUNCIATION, "canh-tan-03", False),
        ("guided", Kind.COMPLAINT, "thach-an-03", True),
        ("guided", Kind.COMPLAINT, "dong-khe-01", True),
        ("filed", None, "dong-khe-03", True),
        ("filed", None, "thach-an-03", False),
        ("dispatched", Kind.DENUNCIATION, "dong-khe-03", True),
        ("dispatched", Kind.DENUNCIATION, "thach-an-03", False),
        ("split", Kind.MIXED, "dong-khe-04", True),
        ("split", Kind.MIXED, "dong-khe-03", False),
        ("split", Kind.MIXED, "dong-khe-01", False),
        ("closed", Kind.COMPLAINT, "thach-an-03", True),
    ],
)
def test_a_case_is_seen_by_those_who_work_on_it(stage: str, kind: Kind | None, officer: str, sees: bool) -> None:
    assert bool(tags(stage, kind) & set(viewer(officer).tags)) is sees


def test_somebody_without_a_post_today_is_nobody() -> None:
    assert viewer_of(DIRECTORY, "dong-khe-01", date(2026, 1, 1)) is None
    assert viewer_of(DIRECTORY, "not-known", DAY) is None


def test_the_district_oversees_its_communes_and_a_commune_only_itself() -> None:
    assert {"dong-khe", "canh-tan", "thach-an"} <= set(viewer("thach-an-03").oversees)
    assert viewer("dong-khe-01").oversees == ("dong-khe",)


def test_a_deputy_helps_to_head_but_does_not_decide() -> None:
    assert viewer("dong-khe-02").heads == ("dong-khe",)
    assert viewer("dong-khe-02").decides_at == ()
