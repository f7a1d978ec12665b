"""A server whose operator has allowed this machine as a target, and a webhook."""

from collections.abc import AsyncIterator, Callable

import pytest

from app.settings import Settings
from tests.conftest import Running, run_server
from tests.services.forwards.target import Target, a_target


@pytest.fixture
async def opened(make_settings: Callable[..., Settings]) -> AsyncIterator[Running]:
    async with run_server(make_settings(allow_targets="127.0.0.0/8", public_url="https://sms.example.net")) as running:
        yield running


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with a_target() as opened:
        yield opened
