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
        (_pairing(OK), "check", "ok", "200", "never hit", ""),
        (_pairing(_hit(1, status=None, after_ms=None)), "check", "ok", "ok", "never hit", ""),
        (_pairing(OK, TOOK), "check", "ok", "200", "200", "2.1 s"),
        (_pairing(FAILED, TOOK), "bang", "warn", "500", "200", "2.1 s"),
        (_pairing(LEFT, TOOK), "bang", "warn", "no answer", "200", "2.1 s"),
        (_pairing(TOOK), "bang", "warn", "never hit", "200", "no primary"),
        (_pairing(FAILED, LOST), "x", "bad", "500", "500", "neither ok"),
        (_pairing(FAILED), "x", "bad", "500", "never hit", "neither ok"),
        (_pairing(HELD), "dots", "muted", "waiting", "never hit", "waiting"),
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
        (_pairing(OK), "The primary took it."),
        (_pairing(FAILED, _hit(2, 1)), "The primary took it at the second try."),
        (_pairing(OK, TOOK), "Both took it: the message came twice."),
        (_pairing(LEFT, TOOK), "Timed out on the primary, the fallback took it."),
        (_pairing(FAILED, TOOK), "500 on the primary, the fallback took it."),
        (_pairing(TOOK), "The primary was never hit, the fallback took it."),
        (_pairing(HELD), "The primary has not answered yet."),
        (_pairing(FAILED, _hit(2, 2, fallback=True, ok=None)), "The fallback has not answered yet."),
        (_pairing(FAILED), "The primary failed and the fallback was never hit so far."),
        (_pairing(FAILED, findings=(NO_FALLBACK,)), "The primary failed and the fallback was never hit."),
        (_pairing(FAILED, LOST), "Neither the primary nor the fallback took it."),
        (_pairing(LOST), "The primary was never hit, and the fallback failed."),
    ],
)
def test_the_verdict_begins_with_what_happened(pairing: Pairing, title: str) -> None:
    assert lead_of(pairing, "Why.").title == title


def test_every_verdict_has_its_word_and_its_views() -> None:
    assert BY_NAME["all"].verdicts is None
    for verdict in Verdict:
        assert [show.name for show in SHOWS if show.verdicts and verdict in show.verdicts], verdict
    assert [show.suffix for show in SHOWS][:2] == ["", "?show=all"]
