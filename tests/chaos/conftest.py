"""A running house of its own for tests that break it."""

from collections.abc import AsyncIterator

import pytest

from tests.house import RunningHouse, running_house


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[RunningHouse]:
    """All seven services as processes."""
    async with running_house() as found:
        yield found
