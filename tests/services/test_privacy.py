"""The privacy settings in memory are those of the store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.curl import SECRET_HEADERS
from app.domain.masking.policy import CREDENTIALS
from app.domain.privacy import NO_PRIVACY, Privacy
from app.live.hub import Hub
from app.services.privacy import UNREADABLE, PrivacySettings
from app.storage.opening import open_store
from app.store import Store
from tests.storage.builders import a_bin

SET = Privacy(mask=True, masked_headers=("x-a",), withheld_fields=("card",))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened


async def test_settings_apply_at_once_and_after_a_start(store: Store) -> None:
    bin = await a_bin(store)
    settings = PrivacySettings(store, Hub())
    assert settings.of(bin.id) == NO_PRIVACY
    assert settings.policy_of(bin.id) is CREDENTIALS
    assert settings.withholding_of(bin.id) is None
    await settings.set(bin.id, SET)
    again = PrivacySettings(store, Hub())
    await again.start()
    for each in (settings, again):
        assert each.of(bin.id) == SET
        assert each.withholding_of(bin.id) == SET
        assert each.policy_of(bin.id).values
        assert each.policy_of(bin.id).headers == SECRET_HEADERS | {b"x-a"}
    await settings.set(bin.id, NO_PRIVACY)
    assert await store.list_privacy() == []
    assert settings.withholding_of(bin.id) is None
    await again.set(bin.id, SET)
    again.forget(bin.id)
    assert again.of(bin.id) == NO_PRIVACY


async def test_everything_is_masked_on_request_whatever_the_bin_masks(store: Store) -> None:
    settings = PrivacySettings(store, Hub())
    assert settings.full_policy_of("none").values
    assert settings.full_policy_of("none").headers == SECRET_HEADERS


async def test_what_another_version_stored_masks_until_it_is_set_again(store: Store) -> None:
    bin = await a_bin(store)
    await store.set_privacy(bin.id, '{"mask": "sometimes"}')
    settings = PrivacySettings(store, Hub())
    await settings.start()
    assert settings.of(bin.id) == UNREADABLE
    assert settings.policy_of(bin.id).values


async def test_a_deleted_bin_has_no_settings(store: Store) -> None:
    bin = await a_bin(store)
    await store.set_privacy(bin.id, "{}")
    await store.drop_bin(bin.id)
    assert await store.list_privacy() == []
