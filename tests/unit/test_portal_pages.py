"""Small parts of the pages: words, dates, who a letter is against, origin checks, windows of tries."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.portal.asking.acts import ACTS, Act
from services.portal.entry import csrf
from services.portal.entry.accounts import demo_cast
from services.portal.projection.timeline import FACTS
from services.portal.settings import Settings
from services.portal.web.base.rendering import TEMPLATES
from services.portal.web.base.show import Show
from services.portal.web.base.texts import texts
from services.portal.web.citizen.track import STEPS
from services.portal.web.desk.targets import picked
from services.portal.web.inspectorate.monitoring import QUEUES
from services.portal.web.operations.mails import latest
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import (
    Body,
    CaseMove,
    Channel,
    Criterion,
    Duty,
    EndGround,
    ErrorCode,
    FilingGround,
    Flag,
    Kind,
    Mark,
    MoveReason,
    Notice,
    Outcome,
    PauseGround,
    Proof,
    Purpose,
    RefusalGround,
    Result,
    ReturnReason,
    Rung,
    Task,
    Withdrawer,
)
from shared.directory import Role, load
from shared.procedure import ENDED, OUTCOMES

DIRECTORY = load("thach_an")
DAY = date(2025, 1, 6)
_PHRASE = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')\)""")


def titles(act: Act) -> list[str]:
    return [act.title({"kind": kind}) for kind in (OUTCOMES if act.name == "decide" else [Kind.COMPLAINT])]


LABELS: dict[str, Iterable[str]] = {
    "error": ErrorCode, "kind": Kind, "task": Task, "result": Result, "rung": Rung, "channel": Channel, "flag": Flag,
    "purpose": Purpose, "duty": Duty, "criterion": Criterion, "pause_ground": PauseGround, "end_ground": EndGround,
    "withdrawer": Withdrawer, "case_move": CaseMove, "move_reason": MoveReason, "mark": Mark,
    "role": Role, "event": FACTS, "fact": {name for facts in FACTS.values() for name in facts},
    "body": Body, "proof": Proof, "outcome": Outcome, "notice": Notice, "ground": [*RefusalGround, *FilingGround],
    "return_reason": ReturnReason, "queue": QUEUES, "final": ENDED, "public_stage": STEPS,
    "act": [title for act in ACTS.values() for title in titles(act)] + ["confirm"],
    "act_hint": [title for act in ACTS.values() for title in titles(act)],
    "field": {each.name for act in ACTS.values() for each in act.inputs},
}  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("group", LABELS)
def test_every_word_of_the_vocabulary_has_a_label(language: str, group: str) -> None:
    assert [word for word in LABELS[group] if not texts(language).has(group, word)] == []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda path: path.name)
def test_every_phrase_of_a_template_is_translated(template: Path) -> None:
    phrases = {vi or other for vi, other in _PHRASE.findall(template.read_text("utf-8"))}
    assert sorted(phrase for phrase in phrases if not texts("en").has("phrases", phrase)) == []


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda path: path.name)
def test_no_template_needs_what_the_content_policy_forbids(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|https?://|\|\s*safe", text)


@pytest.mark.parametrize(
    ("due_on", "state", "text"),
    [
        (date(2025, 1, 9), "soon", "còn 3 ngày"),
        (date(2025, 1, 10), "calm", "còn 4 ngày"),
        (date(2025, 1, 6), "soon", "hạn hôm nay"),
        (date(2025, 1, 4), "late", "quá hạn 2 ngày"),
    ],
)
def test_time_left_is_said_in_days(due_on: date, state: str, text: str) -> None:
    left = Show(DIRECTORY, texts("vi"), DAY).left(due_on)
    assert (left.state, left.text) == (state, text)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        (["UBND thị trấn Đông Khê"], ("dong-khe",)),
        (["ubnd thi tran dong khe"], ("dong-khe",)),
        (["dong-khe-01"], ("dong-khe-01",)),
        (["nong van thang"], ("dong-khe-01",)),
        (["dong-khe-01", "Dong-Khe-01"], ("dong-khe-01",)),
        ([], ()),
    ],
)
def test_whom_a_letter_is_against_is_found_without_accents(typed: list[str], ids: tuple[str, ...]) -> None:
    assert picked(DIRECTORY, DAY, typed) == ids


@pytest.mark.parametrize("typed", ["UBND", "Nobody Known"])
def test_an_unclear_target_is_asked_for_again(typed: str) -> None:
    with pytest.raises(Denied) as refusal:
        picked(DIRECTORY, DAY, [typed])
    assert refusal.value.error.field == "against"


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {"sec-fetch-site": "cross-site"}, False),
        ("POST", {"origin": "http://door:8080", "host": "door:8080"}, True),
        ("POST", {"origin": "http://elsewhere", "host": "door:8080"}, False),
        ("POST", {"origin": "null", "host": "door:8080"}, False),
        ("POST", {"host": "door:8080"}, True),
    ],
)
def test_a_change_comes_from_our_own_pages(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert csrf.same_origin(method, headers) is allowed


def test_the_demo_cast_has_one_person_per_role_from_the_lowest_level() -> None:
    cast = [name for name, _, _ in demo_cast(DIRECTORY, DAY)]
    assert cast == ["dong-khe-03", "dong-khe-04", "dong-khe-01", "thach-an-03", "thach-an-07"]


def test_the_local_mails_are_read_newest_first(tmp_path: Path) -> None:
    for number in (1, 2):
        message = EmailMessage()
        message["Subject"], message["To"] = f"Cảnh báo {number}", "thang.nv@thach-an.example"
        message["Date"] = "Mon, 06 Jan 2025 08:00:00 +0700"
        message.set_content("Có cảnh báo chờ xác nhận.")
        (tmp_path / f"{number}.eml").write_bytes(message.as_bytes())
    mails = latest(tmp_path)
    assert [mail.subject for mail in mails] == ["Cảnh báo 2", "Cảnh báo 1"]
    assert mails[0].at == datetime(2025, 1, 6, 1, tzinfo=UTC)
    assert "chờ xác nhận" in mails[0].body


@pytest.mark.parametrize("extra", [{"demo_accounts": True}, {"mail_store": "mails"}])
def test_production_refuses_demo_parts(extra: dict[str, object]) -> None:
    common = {
        "realm": "production",
        "law_profile": "three_tier_2021",
        "database_url": "postgresql://h/d?sslmode=verify-full",
        "nats_url": "tls://h",
        "secrets_dir": "secrets",
    }
    Settings.model_validate(common)
    with pytest.raises(ValueError):
        Settings.model_validate(common | extra)
