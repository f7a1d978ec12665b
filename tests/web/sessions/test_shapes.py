"""A session as the API shows it: its id is not its secret."""

from datetime import UTC, datetime

import msgspec

from app.domain.access import AccessRole, AccessToken
from app.services.access import SignedIn
from app.store import Session
from app.web.sessions.shapes import show_session

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def test_a_session_is_shown_with_its_token_and_browser() -> None:
    session = Session(
        hash="0123456789abcdef" * 4, token_hash="t", created_at=NOW, seen_at=NOW, agent="Firefox", peer="::1"
    )
    token = AccessToken(id="a", hash="t", name="Ann", role=AccessRole.READ, bins=None, made_at=NOW, expires_at=None)
    shown = msgspec.to_builtins(show_session(SignedIn(session, token), "0123456789abcdef"))
    assert shown == {
        "id": "0123456789abcdef",
        "token": "Ann",
        "role": "read",
        "peer": "::1",
        "agent": "Firefox",
        "created_at": "2026-11-29T12:00:00.000000Z",
        "last_used_at": "2026-11-29T12:00:00.000000Z",
        "current": True,
    }
    assert not show_session(SignedIn(session, token), None).current
