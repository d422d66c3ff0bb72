"""An outage of NATS is a line or two in the log, however long it lasts."""

import json

import pytest

from shared.messaging.outages import said_once


async def test_each_error_is_said_once_until_the_line_is_back(capfd: pytest.CaptureFixture[str]) -> None:
    on = said_once()
    for _ in range(400):
        await on["error_cb"](ConnectionRefusedError())
    await on["error_cb"](TimeoutError())
    await on["reconnected_cb"]()
    await on["error_cb"](ConnectionRefusedError())
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line.get("error_code")) for line in said] == [
        ("nats.error", "connectionrefusederror"),
        ("nats.error", "timeouterror"),
        ("nats.back", None),
        ("nats.error", "connectionrefusederror"),
    ]
