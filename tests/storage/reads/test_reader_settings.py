"""The contract of all stores about the settings of parsing: they come back as they went in, and reach the reader."""

import pytest

from app import clock
from app.domain.reader import ReaderSettings, SigningSecret
from app.errors import NotFound
from app.store import Store
from tests.storage.builders import a_bin


def a_secret(label: str = "primary", **values: object) -> SigningSecret:
    return SigningSecret(
        **{"label": label, "scheme": None, "secret": "s3cret", "hash": "c0ffee", "added_at": clock.now()} | values
    )


async def test_settings_come_back_as_they_went_in(store: Store) -> None:
    bin = await a_bin(store)
    assert await store.get_reader_settings(bin.id) == ReaderSettings()
    first, second = a_secret(), a_secret("old", scheme="twilio")
    await store.set_mapping(bin.id, '{"a": 1}')
    await store.set_secret(bin.id, first)
    await store.set_secret(bin.id, second)
    assert await store.get_reader_settings(bin.id) == ReaderSettings(mapping='{"a": 1}', secrets=(first, second))
    changed = a_secret("old", secret="other")
    await store.set_secret(bin.id, changed)
    await store.drop_secret(bin.id, "primary")
    await store.set_mapping(bin.id, None)
    assert await store.get_reader_settings(bin.id) == ReaderSettings(secrets=(changed,))


async def test_the_mappings_of_all_bins_are_listed_until_their_bins_are_deleted(store: Store) -> None:
    first, second, third = [await a_bin(store) for _ in range(3)]
    for number, bin in enumerate((third, first)):
        await store.set_mapping(bin.id, f'{{"a": {number}}}')
    await store.set_secret(second.id, a_secret())
    assert await store.list_mappings() == [(first.id, '{"a": 1}'), (third.id, '{"a": 0}')]
    await store.drop_bin(first.id)
    assert await store.list_mappings() == [(third.id, '{"a": 0}')]


async def test_unknown_bins_and_labels_are_not_found(store: Store) -> None:
    bin = await a_bin(store)
    for call in (
        store.get_reader_settings("nobody"), store.set_mapping("nobody", "{}"), store.set_secret("nobody", a_secret()),
        store.drop_secret("nobody", "primary"), store.drop_secret(bin.id, "primary"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call
