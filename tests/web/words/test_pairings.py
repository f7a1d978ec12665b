"""What is read about a pairing: a mark always with its word, one sentence that says what happened."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.pairings.model import NO_FALLBACK, Hit, Pairing, Verdict
from app.web.words.pairings import BY_NAME, SHOWS, lead_of, row_of

START = datetime(2026, 11, 27, 13, 41, tzinfo=UTC)


def _hit(n: int, after_s: float = 0, *, fallback: bool = False, **more: object) -> Hit:
    at = START + timedelta(seconds=after_s)
    return Hit(n=n, at=at, fallback=fallback, method="POST", **{"ok": True, "status": 200, "after_ms": 3} | more)


OK = _hit(1)
FAILED = _hit(1, ok=False, status=500)
LEFT = _hit(1, ok=False, status=None, after_ms=None, left_ms=15_000, sender_left=True)
HELD = _hit(1, ok=None, status=None, after_ms=None)
TOOK = _hit(2, 2.1, fallback=True)
LOST = _hit(2, 2.1, fallback=True, ok=False, status=500)


def _pairing(*hits: Hit, findings: tuple[str, ...] = ()) -> Pairing:
    return Pairing(message_id="m", voice=False, hits=hits, findings=findings)


@pytest.mark.parametrize(
    ("pairing", "icon", "tone", "primary", "fallback", "says"),
    [
        (_pairing(OK), "check", "ok", "200", "no request", ""),
        (_pairing(_hit(1, status=None, after_ms=None)), "check", "ok", "ok", "no request", ""),
        (_pairing(OK, TOOK), "check", "ok", "200", "200", "2.1 s"),
        (_pairing(FAILED, TOOK), "bang", "warn", "500", "200", "2.1 s"),
        (_pairing(LEFT, TOOK), "bang", "warn", "no response", "200", "2.1 s"),
        (_pairing(TOOK), "bang", "warn", "no request", "200", "no primary"),
        (_pairing(FAILED, LOST), "x", "bad", "500", "500", "not accepted"),
        (_pairing(FAILED), "x", "bad", "500", "no request", "not accepted"),
        (_pairing(HELD), "dots", "muted", "waiting", "no request", "waiting"),
    ],
)
def test_a_row_tells_both_urls_in_a_few_words(
    pairing: Pairing, icon: str, tone: str, primary: str, fallback: str, says: str
) -> None:
    row = row_of(pairing)
    assert (row.icon, row.tone, row.primary, row.fallback, row.says) == (icon, tone, primary, fallback, says)


@pytest.mark.parametrize(
    ("pairing", "title"),
    [
        (_pairing(OK), "The primary accepted it."),
        (_pairing(FAILED, _hit(2, 1)), "The primary accepted it at the second attempt."),
        (_pairing(OK, TOOK), "Both accepted it, so the message was handled twice."),
        (_pairing(LEFT, TOOK), "The primary timed out, the fallback accepted it."),
        (_pairing(FAILED, TOOK), "The primary answered 500, the fallback accepted it."),
        (_pairing(TOOK), "No request to the primary, the fallback accepted it."),
        (_pairing(HELD), "The primary has not answered yet."),
        (_pairing(FAILED, _hit(2, 2, fallback=True, ok=None)), "The fallback has not answered yet."),
        (_pairing(FAILED), "The primary failed, and no request has come to the fallback so far."),
        (_pairing(FAILED, findings=(NO_FALLBACK,)), "The primary failed, and no request came to the fallback."),
        (_pairing(FAILED, LOST), "Both the primary and the fallback failed."),
        (_pairing(LOST), "No request to the primary, and the fallback failed."),
    ],
)
def test_the_verdict_begins_with_what_happened(pairing: Pairing, title: str) -> None:
    assert lead_of(pairing, "Why.").title == title


def test_every_verdict_has_its_word_and_its_views() -> None:
    assert BY_NAME["all"].verdicts is None
    for verdict in Verdict:
        assert [show.name for show in SHOWS if show.verdicts and verdict in show.verdicts], verdict
    assert [show.suffix for show in SHOWS][:2] == ["", "?show=all"]
