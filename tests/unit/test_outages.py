"""An outage of NATS is a line or two in the log, however long it lasts."""

import json

import pytest

from shared.messaging.connection.outages import said_once, waiting


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


async def test_a_loop_that_waits_says_so_less_and_less_often(capfd: pytest.CaptureFixture[str]) -> None:
    for attempt in range(1, 1001):
        waiting("loop.waiting", ConnectionRefusedError(), attempt)
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["attempt"] for line in said] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
