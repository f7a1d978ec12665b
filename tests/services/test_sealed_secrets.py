"""Secrets for signing: sealed in the store, opened once."""

from typing import Any

import pytest

from app.domain.reader import ReaderContext
from app.services import sealed_secrets
from app.services.sealed_secrets import SealedSecrets
from app.services.secrets import Secrets


def _secrets(key: str | None) -> SealedSecrets:
    nothing: Any = None
    return SealedSecrets(Secrets(nothing, nothing, ReaderContext(secrets_key=key)))


async def test_a_new_secret_is_sealed_and_opened_by_the_same_key_only() -> None:
    mine, other = _secrets("k" * 40), _secrets("x" * 40)
    sealed = await mine.make("a")
    assert mine.of("a") is None
    secret = await mine.open("a", sealed)
    assert secret is not None
    assert secret.startswith("whsec_")
    assert secret not in sealed
    assert mine.of("a") == secret
    assert await other.open("a", sealed) is None
    assert await mine.make("a") != sealed


async def test_a_secret_is_opened_again_only_if_it_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets, opened = _secrets(None), []
    first, second = await secrets.make("a"), await secrets.make("a")
    unseal = sealed_secrets.unseal
    monkeypatch.setattr(sealed_secrets, "unseal", lambda *args: (opened.append(args), unseal(*args))[1])
    for sealed in (first, first, second, second):
        await secrets.open("a", sealed)
    assert len(opened) == 2
    assert await secrets.open("a", None) is None
    assert secrets.of("a") is None


async def test_what_is_deleted_is_forgotten() -> None:
    secrets = _secrets(None)
    await secrets.open("a", await secrets.make("a"))
    secrets.forget("a")
    secrets.forget("b")
    assert secrets.of("a") is None
