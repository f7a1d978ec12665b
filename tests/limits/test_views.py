"""How much of one thing is shown, and how near two things must be to be drawn together."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app import clock, keys
from app.domain.faults import Fault, FaultKind
from app.domain.masking.policy import CREDENTIALS
from app.domain.messages.model import Direction, Pace, Step
from app.domain.pairings.model import Hit, Pairing, absorb_hit
from app.domain.roles import Role
from app.domain.statuses import Status
from app.parsing import parse
from app.providers import PROVIDERS
from app.services import compare as comparing
from app.web.captures.bodies import HEX_BYTES, TEXT_CHARACTERS
from app.web.captures.detail import open_detail
from app.web.captures.tabs import Source
from app.web.compare import axis
from app.web.compare.detail import FAR, LONGEST, open_two
from app.web.compare.differences import (
    AROUND,
    LINE,
    MOST_BYTES,
    MOST_LINES,
    SHARED,
    body_difference,
    header_differences,
    part,
)
from app.web.faults.page import hold_s
from app.web.live import edits
from app.web.messages import timeline
from app.web.words.faults import _HOLD_S, _MANY, fault_text
from tests.conftest import Running
from tests.pairs import TAKEN, hit
from tests.parsing.support import FORM, request
from tests.storage.builders import a_capture

START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


async def _two(server: Running, apart: timedelta, *, text: str = "hi") -> Any:
    """Two requests laid beside each other by hand."""
    store, bin = server.app[keys.STORE], server.bin
    now = clock.now()
    first = await hit(server, Role.PRIMARY, TAKEN, at=now - apart, sid="a", text=text)
    second = await hit(server, Role.PRIMARY, TAKEN, at=now, sid="b", text="other")
    return open_two(bin, await store.get_captures(bin.id, [first, second]), now)


@pytest.mark.parametrize(("more", "is_drawn"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
async def test_two_requests_this_far_apart_are_drawn_on_one_axis(server, more: timedelta, is_drawn: bool) -> None:
    assert ((await _two(server, FAR + more)).axis is not None) == is_drawn


@pytest.mark.parametrize(("length", "is_cut"), [(LONGEST, False), (LONGEST + 1, True)])
async def test_a_value_that_differs_is_shown_to_this_length(server: Running, length: int, is_cut: bool) -> None:
    detail = await _two(server, timedelta(0), text="t" * length)
    (row,) = [row for row in detail.rows if row.name == "Text"]
    shown = "".join(piece.text for piece in row.primary)
    assert shown == "t" * LONGEST + ("…" if is_cut else "")


@pytest.mark.parametrize("length", [LINE, LINE + 1])
def test_a_line_of_a_body_and_a_header_are_shown_to_this_length(length: int) -> None:
    one = request(b"a" * length + b"\nx", "text/plain", headers=((b"X", b"h" * length),))
    other = request(b"a" * length + b"\ny", "text/plain", headers=((b"X", b"other"),))
    found = body_difference((one, other), (parse(one), parse(other)))
    assert len(found.lines[0].text) == LINE
    (header,) = header_differences(one, other, CREDENTIALS)
    assert len(header.primary[0]) == LINE


def test_so_many_equal_lines_stand_around_a_difference() -> None:
    before = b"".join(b"%d\n" % n for n in range(AROUND + 1))
    one, other = (request(before + end, "text/plain") for end in (b"x", b"y"))
    lines = body_difference((one, other), (parse(one), parse(other))).lines
    assert [line.side for line in lines] == ["gap", *["both"] * AROUND, "primary", "fallback"]
    assert lines[0].text == "1 equal line"


@pytest.mark.parametrize("more", [0, 1])
def test_so_many_lines_and_bytes_of_two_bodies_are_compared(more: int) -> None:
    for kind, body in (
        ("text/plain", b"\n".join([b"a"] * (MOST_LINES + more))),
        ("application/octet-stream", b"\xff\x00" * (MOST_BYTES // 2) + b"\xff" * more),
    ):
        one, other = request(body, kind), request(b"b" + body[1:], kind)
        found = body_difference((one, other), (parse(one), parse(other)))
        assert found.cut == (more == 1), kind
        assert len([line for line in found.lines if line.side in ("both", "primary")]) <= MOST_LINES


@pytest.mark.parametrize(("shared", "is_marked"), [(SHARED - 1, False), (SHARED, True)])
def test_values_that_share_this_much_have_their_difference_marked(shared: int, is_marked: bool) -> None:
    pieces, _ = part("s" * shared + "one", "s" * shared + "two")
    assert any(piece.marked for piece in pieces) == is_marked


def _step(stamp_after: timedelta) -> Step:
    return Step(n=1, at=START, status=Status.SENT, raw_status="sent", said_at=START + stamp_after, gap_ms=None,
                late=False, repeats=None, error_code=None)  # fmt: skip


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("more", "left_out"), [(timedelta(0), 0), (timedelta(microseconds=1), 1)])
def test_a_stamp_this_far_from_its_arrival_is_drawn(sign: int, more: timedelta, left_out: int) -> None:
    drawn = timeline.draw_axis([_step(sign * (timeline.FAR + more))], Direction.OUTBOUND, final=False)
    assert drawn is not None
    assert drawn.left_out == left_out


@pytest.mark.parametrize(("early", "is_drawn"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_the_pace_is_that_of_so_many_hours(early: timedelta, is_drawn: bool) -> None:
    first = START - (timeline.HOURS - 1) * timeline.HOUR - early
    plot = timeline.draw_pace(Pace(points=((first, 1.0, False),), outbound=1), START + timedelta(minutes=59))
    assert (plot is not None) == is_drawn


@pytest.mark.parametrize(("count", "is_cut"), [(_MANY, False), (_MANY + 1, True)])
def test_so_many_statuses_of_a_fault_are_named(count: int, is_cut: bool) -> None:
    text = fault_text(Fault(kind=FaultKind.STATUS, until=START, statuses=(503,) * count))
    assert text == "statuses " + ", ".join(["503"] * _MANY) + (" …" if is_cut else "") + " in turn"


def test_an_answer_is_held_a_second_longer_than_a_provider_waits_or_so_long() -> None:
    assert hold_s(None) == _HOLD_S
    for sheet in PROVIDERS.values():
        assert hold_s(sheet) == (sheet.habits.timeout_s + 1 if sheet.habits.timeout_s else _HOLD_S)


async def test_so_many_bytes_and_characters_of_a_body_are_shown(server: Running) -> None:
    store = server.app[keys.STORE]
    for size in (HEX_BYTES - 16, HEX_BYTES, HEX_BYTES + 1, TEXT_CHARACTERS - 1, TEXT_CHARACTERS, TEXT_CHARACTERS + 1):
        n = await store.add_capture(a_capture(server.bin, body=b"x" * size))
        capture = await store.get_capture(server.bin.id, n)
        secrets = server.app[keys.SECRETS]
        source = Source(store=store, secrets=secrets, bin_id=server.bin.id, capture=capture, address="http://x/")
        detail = await open_detail(source, "raw")
        assert len(detail.body.text or "") == min(size, TEXT_CHARACTERS)
        assert 16 * len(detail.body.hexdump) == min(size, HEX_BYTES)


@pytest.mark.parametrize(("percent", "is_span"), [(axis.NARROW + 0.1, True), (axis.NARROW - 0.1, False)])
def test_a_wait_this_wide_is_drawn_as_a_bar(percent: float, is_span: bool) -> None:
    length_s = 100.0
    took_ms = round(percent * axis.AIR * length_s * 10)
    first = Hit(n=1, at=START, fallback=False, method="POST", ok=False, status=500, after_ms=took_ms)
    last = Hit(n=2, at=START + timedelta(seconds=length_s), fallback=False, method="POST", ok=True, status=200)
    drawn = axis.draw_pairing([(Role.PRIMARY, [first, last])], START + timedelta(seconds=length_s))
    assert drawn is not None
    assert bool(drawn.lanes[0].spans) == is_span


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Each time that the loop is given back."""
    found: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        found.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return found


async def test_captures_have_a_turn_after_so_many_rows(turns: list[float]) -> None:
    made: list[Any] = []
    for _ in range(2 * edits.AT_ONCE - 1):
        await edits.yield_to_loop(made)
        made.append({})
    assert len(turns) == 1
    await edits.yield_to_loop(made)
    assert len(turns) == 2


async def test_so_many_pairings_have_their_bytes_in_memory_at_a_time(turns: list[float]) -> None:
    asked: list[int] = []

    async def get_captures(_bin: str, numbers: list[int]) -> list[Any]:
        asked.append(len(numbers))
        return [SimpleNamespace(row=SimpleNamespace(n=n), raw=request(b"a=%d" % n, FORM)) for n in numbers]

    store: Any = SimpleNamespace(get_captures=get_captures)
    await comparing.compare(store, "b", [_pairing(n) for n in range(comparing.BATCH + 1)])
    assert asked == [2 * comparing.BATCH, 2]


def _pairing(place: int) -> Any:
    pairing = Pairing(message_id=f"m{place}", voice=False, hits=())
    for fallback in (False, True):
        n = 2 * place + 1 + fallback
        pairing = absorb_hit(pairing, Hit(n=n, at=START, fallback=fallback, method="POST", ok=not fallback))
    return pairing
