"""The JSON of shares."""

from datetime import UTC, datetime

import msgspec

from app.domain.shares import Share, SharedComparison, SharedMessage, SharedPart
from app.web.shares.shapes import show_new_share, show_share, show_shares

AT = datetime(2026, 11, 29, tzinfo=UTC)


def _share(part: SharedPart | None) -> Share:
    return Share(
        id="s1",
        hash="h",
        bin="b",
        part=part,
        masked=True,
        made_by="Ann",
        made_at=AT,
        expires_at=AT,
        views=2,
        viewed_at=AT,
    )


def test_a_share_has_what_it_is_for_and_never_its_secret() -> None:
    part = SharedPart(message=SharedMessage(provider="twilio", message_id="SM1"))
    assert msgspec.to_builtins(show_share(_share(part))) == {
        "id": "s1", "q": None, "n": None, "message": {"provider": "twilio", "message_id": "SM1"}, "comparison": None,
        "mask": True, "created_by": "Ann", "created_at": "2026-11-29T00:00:00.000000Z",
        "expires_at": "2026-11-29T00:00:00.000000Z", "views": 2, "last_viewed_at": "2026-11-29T00:00:00.000000Z",
    }  # fmt: skip
    pair = SharedPart(comparison=SharedComparison(n=1, m=2))
    assert msgspec.to_builtins(show_share(_share(pair)).comparison) == {"n": 1, "m": 2}


def test_only_a_new_one_has_its_link() -> None:
    assert show_new_share(_share(SharedPart(n=1)), "http://a/shared/x").url == "http://a/shared/x"
    (listed,) = show_shares([_share(None)]).items
    assert "url" not in msgspec.to_builtins(listed)
    assert (listed.q, listed.n, listed.message, listed.comparison) == (None, None, None, None)
