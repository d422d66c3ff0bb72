"""Fixtures only; nobody imports from here."""

from collections.abc import AsyncIterator

import pytest

from tests.world import Servers, World, open_world, running_servers


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[Servers]:
    """PostgreSQL and secrets for the session."""
    async with running_servers() as found:
        yield found


@pytest.fixture
async def world(servers: Servers) -> AsyncIterator[World]:
    """A fresh installation."""
    async with open_world(servers) as found:
        yield found
