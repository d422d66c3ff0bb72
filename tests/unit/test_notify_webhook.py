"""A webhook: signed after the convention, closed in what it says, refused when its settings are no good."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.notify.app import Settings
from services.notify.channels.channel import ChannelDown, MessageRefused
from services.notify.channels.webhook import body_of, key_of, signed, taken
from tests.builders.webhooks import NOTICE

TEXT = "a text of twenty-four by"
ENCODED = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
RECEIVER = "https://receiver.example/hook?token=abc"


@pytest.mark.parametrize(("secret", "key"), [(TEXT, TEXT.encode()), (ENCODED, bytes(range(24)))])
def test_a_secret_is_text_or_marked_base64(secret: str, key: bytes) -> None:
    assert key_of(secret) == key


@pytest.mark.parametrize(
    ("key", "message_id", "timestamp", "body", "signature"),
    [
        (
            TEXT.encode(),
            "0d9f1b8e-3f55-5d2b-9f0a-0a3c4d5e6f70",
            1737000000,
            b'{"type":"alert.raised"}',
            "v1,iiVZHyO1snVk2l14zYXVIdlKAm4PR/vS2gDmDUyKjxo=",
        ),
        (bytes(range(24)), "m", 0, b"", "v1,4ZYR0NdAafrU7ATmDeF39znwODA2WDBlpheJt3Ckank="),
        (bytes(64), "a.b", 1614265330, "đơn.thư".encode(), "v1,Bx1cE7JXnBYh/k4olf0RtZBEFTwcashT7VelfOEh3wQ="),
    ],
)
def test_the_signature_is_the_one_that_openssl_makes(
    key: bytes, message_id: str, timestamp: int, body: bytes, signature: str
) -> None:
    assert signed(key, message_id, datetime.fromtimestamp(timestamp, UTC), body) == {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def test_the_body_tells_four_things_and_no_more() -> None:
    assert json.loads(body_of(NOTICE)) == {
        "type": "alert.raised",
        "alert_id": "0d9f1b8e-3f55-5d2b-9f0a-0a3c4d5e6f70",
        "due_on": "2025-01-16",
        "acknowledge_by": "2025-01-17T10:00:00Z",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_status_of_success_is_the_proof(status: int) -> None:
    assert taken(status) == status


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 499])
def test_a_client_error_is_a_refusal(status: int) -> None:
    with pytest.raises(MessageRefused):
        taken(status)


@pytest.mark.parametrize("status", [199, 301, 302, 307, 308, 408, 429, 500, 502, 503, 599])
def test_any_other_status_waits(status: int) -> None:
    with pytest.raises(ChannelDown):
        taken(status)


def settings(**given: Any) -> Settings:
    required: dict[str, Any] = {
        "realm": "test",
        "database_url": "postgresql://",
        "nats_url": "nats://",
        "secrets_dir": ".",
        "smtp_url": "smtp://127.0.0.1",
        "mail_from": "don-thu@donthu.example",
        "public_url": "https://donthu.example",
    }
    return Settings(**required, **given)


def test_without_settings_there_is_no_webhook() -> None:
    assert settings().webhook() is None


@pytest.mark.parametrize(
    "url", [RECEIVER, "https://receiver.example:8443", "http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/x"]
)
def test_a_receiver_is_reached_over_tls_or_on_this_machine(url: str) -> None:
    assert settings(webhook_url=url, webhook_secret=TEXT).webhook() is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"webhook_url": RECEIVER}, "come together"),
        ({"webhook_secret": TEXT}, "come together"),
        ({"webhook_url": "http://receiver.example/", "webhook_secret": TEXT}, "https, or http to the loopback"),
        (
            {"webhook_url": "http://127.0.0.1.receiver.example/", "webhook_secret": TEXT},
            "https, or http to the loopback",
        ),
        ({"webhook_url": "http://0.0.0.0/", "webhook_secret": TEXT}, "https, or http to the loopback"),
        ({"webhook_url": "ftp://127.0.0.1/", "webhook_secret": TEXT}, "https, or http to the loopback"),
        ({"webhook_url": "https://user:password@receiver.example/", "webhook_secret": TEXT}, "without user"),
        ({"webhook_url": "https://receiver.example/#part", "webhook_secret": TEXT}, "without user"),
        ({"webhook_url": "https://receiver.example/a b", "webhook_secret": TEXT}, "without user"),
        ({"webhook_url": "https://receiver.example/\r\nx:y", "webhook_secret": TEXT}, "without user"),
        ({"webhook_url": "receiver.example", "webhook_secret": TEXT}, "without user"),
        ({"webhook_url": "https://receiver.example:many/", "webhook_secret": TEXT}, "no address"),
        ({"webhook_url": RECEIVER, "webhook_secret": TEXT[1:]}, "at least 24 bytes"),
        ({"webhook_url": RECEIVER, "webhook_secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY="}, "at least 24 bytes"),
        ({"webhook_url": RECEIVER, "webhook_secret": f"whsec_{TEXT}"}, "base64 after whsec_"),
        ({"webhook_url": RECEIVER, "webhook_secret": f"whsec_{'đ' * 30}"}, "base64 after whsec_"),
    ],
)
def test_other_settings_are_refused_without_repeating_them(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refusal:
        settings(**given)
    shown = str(refusal.value)
    assert [value for value in given.values() if value in shown] == []


def test_a_secret_is_not_shown_with_the_settings() -> None:
    shown = repr(settings(webhook_url=RECEIVER, webhook_secret=TEXT))
    assert TEXT not in shown
    assert RECEIVER not in shown
