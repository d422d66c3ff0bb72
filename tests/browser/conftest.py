"""Chromium for every file of this folder."""

import socket
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import async_playwright

from tests.builders.chromium import ADVICE, ARGUMENTS, CHROMIUM, People
from tests.world import World


@pytest.fixture
async def people(world: World) -> AsyncIterator[People]:
    if CHROMIUM is None:
        pytest.fail(ADVICE)
    for name in ("intake", "routing", "casework", "escalation"):
        await world.start(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await world.start("portal", port=port, demo_accounts=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield People(browser, f"http://127.0.0.1:{port}")
        await browser.close()
