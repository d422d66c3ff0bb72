"""Settings: production encrypts, files hold what is secret."""

from pathlib import Path
from typing import Any

import pytest

from services.intake.app import Settings as IntakeSettings
from services.notify.app import Settings as NotifySettings
from shared.settings import Realm, ServiceSettings
from shared.settings.addresses import Plaintext, servers
from tests.builders.settings import GOOD, VERIFIED


def production(**over: Any) -> ServiceSettings:
    values: dict[str, Any] = {**GOOD, **over}
    return IntakeSettings(realm=Realm.PRODUCTION, law_profile="two_tier_2026", secrets_dir=Path("x"), **values)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"nats_url": "tls://a:4222,tls://b:4222"},
        {
            "nats_url": "nats://127.0.0.1:4222,nats://localhost:4223",
            "database_url": "postgresql://x:y@[::1]:5432/donthu",
        },
        {"database_url": f"postgresql://a:5432,b:5432/donthu{VERIFIED}&target_session_attrs=read-write"},
    ],
)
def test_production_takes_what_is_encrypted_or_stays_on_this_machine(over: dict[str, str]) -> None:
    assert production(**over).realm is Realm.PRODUCTION


@pytest.mark.parametrize(
    "over",
    [
        {"nats_url": "nats://nats:4222"},
        {"nats_url": "tls://a:4222, nats://b:4222"},
        {"nats_url": "nats://127.0.0.1.example:4222"},
        {"database_url": "postgresql://postgres/donthu"},
        {"database_url": "postgresql://postgres/donthu?sslmode=require"},
        {"database_url": "postgresql://127.0.0.1,b/donthu?sslmode=prefer"},
        {"database_url": "postgres://127.0.0.1@postgres/donthu"},
        {"keystore_url": "postgresql://keys/donthu_keys?sslmode=verify-ca"},
    ],
)
def test_production_refuses_plain_text_to_another_machine(over: dict[str, str]) -> None:
    with pytest.raises(Plaintext) as refused:
        production(**over)
    assert refused.value.code == "plaintext_refused"
    assert str(refused.value) == "", "an address may hold a password"


def test_a_demo_may_be_plain() -> None:
    values = {**GOOD, "nats_url": "nats://nats:4222", "database_url": "postgresql://postgres/donthu"}
    assert ServiceSettings(realm=Realm.DEMO, secrets_dir=Path("x"), **values).realm is Realm.DEMO


def test_nats_url_names_one_or_more_servers() -> None:
    assert servers("tls://a:4222, tls://b:4222,") == ["tls://a:4222", "tls://b:4222"]


def test_a_setting_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, empty = tmp_path / "smtp_url", tmp_path / "webhook_url"
    given.write_text("smtps://desk:word@mail.example:465\n", encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    monkeypatch.setenv("SMTP_URL_FILE", str(given))
    monkeypatch.setenv("WEBHOOK_URL_FILE", str(empty))
    values: dict[str, Any] = {"mail_from": "a@b.example", "public_url": "https://b.example"}
    settings = NotifySettings(realm=Realm.TEST, secrets_dir=tmp_path, **GOOD, **values)
    assert settings.smtp_url.get_secret_value() == "smtps://desk:word@mail.example:465"
    assert settings.webhook_url is None
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:25")
    again = NotifySettings(realm=Realm.TEST, secrets_dir=tmp_path, **GOOD, **values)
    assert again.smtp_url.get_secret_value() == "smtp://127.0.0.1:25"
