"""A token as the API shows it: never with its hash."""

from datetime import UTC, datetime, timedelta

import msgspec

from app import clock
from app.domain.access import AccessRole, AccessToken
from app.web.tokens.shapes import show_new_token, show_token, show_tokens

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOKEN = AccessToken(
    id="a", hash="secret-hash", name="ci", role=AccessRole.WRITE, bins=frozenset({"y", "x"}), made_at=NOW,
    expires_at=NOW + timedelta(hours=1),
)  # fmt: skip


def test_a_token_is_shown_without_its_secret(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert msgspec.to_builtins(show_token(TOKEN)) == {
        "id": "a",
        "name": "ci",
        "role": "write",
        "bins": ["x", "y"],
        "created_at": "2026-11-29T12:00:00.000000Z",
        "expires_at": "2026-11-29T13:00:00.000000Z",
        "expired": False,
        "last_used_at": None,
    }
    assert "secret-hash" not in str(msgspec.to_builtins(show_tokens([TOKEN])))
    assert show_new_token(TOKEN, "smsbin_x").token == "smsbin_x"


def test_it_has_expired_at_its_end(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    assert show_token(TOKEN).expired
