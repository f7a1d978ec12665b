"""Secrets on the disk: without the key nobody can read them, and a hash does not reveal them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.signatures.sealing import (
    HASH_LENGTH,
    NONCE_BYTES,
    CannotOpen,
    is_sealed,
    key_version,
    seal,
    secret_hash,
    unseal,
)

KEY = "a-key-only-for-tests"
OTHER = "another-key-for-tests"


def sealed(secret: str, label: str = "primary", key: str | None = KEY) -> str:
    return seal(secret, label, key, clock.new_bytes(NONCE_BYTES))


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from([None, KEY]))
def test_a_secret_comes_back_as_it_was(secret: str, key: str | None) -> None:
    stored = sealed(secret, key=key)
    assert unseal(stored, "primary", key) == secret
    assert is_sealed(stored) == (key is not None)


def test_a_sealed_secret_is_not_in_what_is_stored_and_no_two_are_equal() -> None:
    stored = sealed("s3cret-s3cret")
    assert "s3cret" not in stored
    assert stored != sealed("s3cret-s3cret")


def test_a_secret_that_looks_sealed_is_stored_like_any_other() -> None:
    looks = sealed("x")
    assert unseal(sealed(looks, key=None), "primary", None) == looks


@pytest.mark.parametrize(("label", "key"), [("primary", OTHER), ("primary", None), ("other", KEY)])
def test_with_another_key_or_none_or_under_another_label_it_cannot_be_opened(label: str, key: str | None) -> None:
    with pytest.raises(CannotOpen):
        unseal(sealed("s3cret"), label, key)


@pytest.mark.parametrize("stored", ["aes-gcm-1:", "aes-gcm-1:AAAA", "aes-gcm-1:?", "aes-gcm-1:é", ""])
def test_what_is_damaged_cannot_be_opened(stored: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(stored, "primary", KEY)


def test_a_secret_is_stored_with_a_key_that_was_given_later_or_not() -> None:
    assert unseal(sealed("s3cret", key=None), "primary", KEY) == "s3cret"


def test_a_hash_identifies_a_secret_within_its_bin() -> None:
    made = secret_hash("s3cret", "bin00001")
    assert made == secret_hash("s3cret", "bin00001")
    assert len({made, secret_hash("s3creT", "bin00001"), secret_hash("s3cret", "bin00002")}) == 3
    assert len(made) == HASH_LENGTH


def test_the_version_of_a_key_tells_keys_apart() -> None:
    assert key_version(KEY) == key_version(KEY)
    assert len({key_version(None), key_version(KEY), key_version(OTHER)}) == 3
    assert KEY not in key_version(KEY)
