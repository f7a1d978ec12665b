"""How far apart two requests may be to mean one thing, and how much of an endless row of them is remembered."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.captures import Outcome
from app.domain.events import Event, Piece
from app.domain.findings import checks
from app.domain.messages.folding import MOST_PRINTS, PIECES_WITHIN, absorb, begin, takes_piece
from app.domain.messages.model import DUPLICATE, Fact
from app.domain.pairings.model import AT_ONCE_MS, BLUR, Hit, Pairing, Verdict, absorb_hit, settle_hit
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import recognise
from tests.parsing.support import FORM, request

START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def _fact(n: int, at: datetime = START, *, print_: str = "", **more: object) -> Fact:
    event = Event(kind=Kind.INBOUND, message_id="m", status=Status.RECEIVED, final=True, **more)
    return Fact(n=n, at=at, provider="vonage", event=event, print=print_)


@pytest.mark.parametrize(("late", "belongs"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_pieces_of_one_message_come_within_an_hour(late: timedelta, belongs: bool, sign: int) -> None:
    message = begin(_fact(1, text="world", piece=Piece("7", 2, 2)))
    other = _fact(2, START + sign * (PIECES_WITHIN + late), text="hello ", piece=Piece("7", 1, 2))
    assert takes_piece(message, other) == belongs


@pytest.mark.parametrize(("others", "is_duplicate"), [(MOST_PRINTS - 1, True), (MOST_PRINTS, False)])
def test_a_request_is_known_again_behind_so_many_others(others: int, is_duplicate: bool) -> None:
    message = begin(_fact(1, print_="first"))
    for n in range(others):
        message, _ = absorb(message, _fact(n + 2, print_=f"other {n}"))
    _, odd = absorb(message, _fact(99, print_="first"))
    assert (DUPLICATE in odd) == is_duplicate
    assert len(message.prints) <= MOST_PRINTS


def _verdict(*, after_ms: int, fallback_ms: float) -> Verdict:
    """Of a primary that was answered well after so long, and a fallback that came then and was accepted."""
    pairing = Pairing(message_id="m", voice=False, hits=())
    for n, ms in ((1, 0.0), (2, fallback_ms)):
        pairing = absorb_hit(pairing, Hit(n=n, at=START + timedelta(milliseconds=ms), fallback=n == 2, method="POST"))
    pairing = settle_hit(pairing, 1, Outcome(status=200, after_ms=after_ms))
    return settle_hit(pairing, 2, Outcome(status=200, after_ms=1)).verdict


@pytest.mark.parametrize(
    ("after_ms", "verdict"),
    [(AT_ONCE_MS, Verdict.BOTH_OK), (AT_ONCE_MS + 1, Verdict.FALLBACK_AFTER_TIMEOUT)],
)
def test_an_answer_within_this_time_was_out_before_any_provider_gave_up(after_ms: int, verdict: Verdict) -> None:
    assert _verdict(after_ms=after_ms, fallback_ms=1) is verdict


@pytest.mark.parametrize(
    ("early", "verdict"),
    [(BLUR, Verdict.BOTH_OK), (BLUR + timedelta(milliseconds=1), Verdict.FALLBACK_AFTER_TIMEOUT)],
)
def test_a_fallback_this_shortly_before_an_answer_may_be_its_consequence(early: timedelta, verdict: Verdict) -> None:
    assert _verdict(after_ms=1_000, fallback_ms=1_000 - early / timedelta(milliseconds=1)) is verdict


@pytest.mark.parametrize(
    ("off", "is_found"),
    [
        (checks._HOUR + checks._SLACK, True),
        (checks._HOUR + checks._SLACK + timedelta(seconds=1), False),
        (checks._MOST_HOURS * checks._HOUR, True),
        ((checks._MOST_HOURS + 1) * checks._HOUR, False),
    ],
)
def test_a_clock_is_wrong_by_whole_hours_as_zones_are(off: timedelta, is_found: bool) -> None:
    stamp = (datetime(2026, 1, 2, tzinfo=UTC) - off).strftime("%Y-%m-%d+%H:%M:%S")
    query = f"msisdn=14155550107&to=19495550142&messageId=m&text=hi&type=text&message-timestamp={stamp}"
    reading = recognise(request(target=f"/k?{query}"), Role.PRIMARY, "vonage")
    assert ("clock_offset" in reading.findings) == is_found


@pytest.mark.parametrize(("length", "is_cut"), [(checks._SHOWN, False), (checks._SHOWN + 1, True)])
def test_a_finding_quotes_a_value_to_this_length(length: int, is_cut: bool) -> None:
    quoted = checks._quote("v" * length)
    assert quoted == "“" + "v" * checks._SHOWN + ("…”" if is_cut else "”")


def test_a_usual_form_is_no_finding() -> None:
    assert recognise(request(b"From=%2B14155550107&Text=hi", FORM), Role.PRIMARY).findings == ()
