"""What a share is for, and when it has ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.shares import Share, SharedComparison, SharedMessage, SharedPart, read_part, write_part

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SHARE = Share(
    id="s", hash="h", bin="b", part=SharedPart(), masked=True, made_by="me", made_at=NOW,
    expires_at=NOW + timedelta(hours=1),
)  # fmt: skip


@pytest.mark.parametrize(
    "part",
    [
        SharedPart(), SharedPart(q="kind:inbound"), SharedPart(n=3), SharedPart(message=SharedMessage("ytel", "x/y")),
        SharedPart(comparison=SharedComparison(1)), SharedPart(comparison=SharedComparison(1, 2)),
    ],
)  # fmt: skip
def test_what_it_is_for_is_read_as_it_was_written(part: SharedPart) -> None:
    assert read_part(write_part(part)) == part
    assert part.is_list == (part.n is None and part.message is None and part.comparison is None)


def test_what_another_version_has_written_opens_nothing() -> None:
    assert read_part('{"n": "one"}') is None
    assert replace(SHARE, part=None).has_ended(NOW)


def test_it_ends_at_its_time_or_when_it_is_revoked() -> None:
    assert not SHARE.has_ended(SHARE.expires_at - timedelta(microseconds=1))
    assert SHARE.has_ended(SHARE.expires_at)
    revoked = replace(SHARE, ended_at=NOW)
    assert revoked.has_ended(NOW)
    assert (SHARE.ends_by(), revoked.ends_by()) == (SHARE.expires_at, NOW)
