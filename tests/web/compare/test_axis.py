"""The time axis of a pairing as numbers: to scale, every request on it, no label over another."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.pairings.model import Hit
from app.domain.roles import Role
from app.web.compare.axis import AIR, LABEL_WIDTH, MOST_TICKS, draw_pairing, ms_text

START = datetime(2026, 11, 27, 13, 41, tzinfo=UTC)


def _hit(n: int, after_s: float = 0, *, fallback: bool = False, **more: object) -> Hit:
    at = START + timedelta(seconds=after_s)
    return Hit(n=n, at=at, fallback=fallback, method="POST", **{"ok": True, "status": 200, "after_ms": 4} | more)


def _left(n: int, ms: int) -> Hit:
    gone = {"ok": False, "status": None, "after_ms": None, "left_ms": ms, "sender_left": True}
    return _hit(n, fault="hold", fault_said="hold 16 s", **gone)


def _draw(*hits: Hit, now_s: float = 60):
    lanes = [
        (Role.PRIMARY, [hit for hit in hits if not hit.fallback]),
        (Role.FALLBACK, [hit for hit in hits if hit.fallback]),
    ]
    return draw_pairing(lanes, START + timedelta(seconds=now_s))


def test_a_held_primary_and_its_fallback_stand_to_one_scale() -> None:
    axis = _draw(_left(1, 15_000), _hit(2, 15.2, fallback=True))
    primary, fallback = axis.lanes
    scale = 100 / (15.204 * AIR)
    assert [(span.x, round(span.width, 1)) for span in primary.spans] == [(0.0, round(15 * scale, 1))]
    assert [(dot.tone, round(dot.x, 1)) for dot in primary.dots] == [("c-p", 0.0), ("c-bad", round(15 * scale, 1))]
    assert [(dot.tone, round(dot.x, 1)) for dot in fallback.dots] == [("c-f", round(15.2 * scale, 1))]
    assert [label.text for label in primary.labels] == ["held (fault), no response", "sender disconnected after 15.0 s"]
    assert [label.text for label in fallback.labels] == ["200 in 4 ms, at 15.2 s"]
    assert [words for _, words in axis.ticks] == ["0 s", "5", "10", "15 s"]


def test_everything_drawn_is_said_in_words() -> None:
    axis = _draw(_left(1, 15_000), _hit(2, 15.2, fallback=True))
    assert axis.description == (
        "Primary: no response, sender disconnected after 15.0 s at 0 s; Fallback: 200 in 4 ms at 15.2 s"
    )


def test_each_try_is_a_dot() -> None:
    tries = [_hit(n, after_s, ok=False, status=500) for n, after_s in ((1, 0), (2, 1), (3, 3))]
    axis = _draw(*tries, _hit(4, 5.2, fallback=True))
    assert len(axis.lanes[0].dots) == 3
    assert any("at 3.0 s" in label.text for label in axis.lanes[0].labels)


def test_an_answer_that_is_held_still_is_open_up_to_now() -> None:
    axis = _draw(_hit(1, ok=None, status=None, after_ms=None, fault="hold", fault_said="hold 16 s"), now_s=7)
    span = axis.lanes[0].spans[0]
    assert span.open
    assert round(span.x + span.width) == round(100 / AIR)
    assert axis.lanes[0].labels[0].text == "held (fault)"


def test_one_usual_answer_needs_no_drawing() -> None:
    assert _draw(_hit(1)) is None
    assert draw_pairing([(Role.PRIMARY, []), (Role.FALLBACK, [])], START) is None


def test_a_url_that_was_never_hit_keeps_its_lane() -> None:
    axis = _draw(_left(1, 9_000))
    assert axis.lanes[1].dots == ()
    assert axis.description.endswith("Fallback: no request")


def test_waits_are_told_so_that_a_time_out_can_be_read_from_them() -> None:
    assert [ms_text(ms) for ms in (4, 490, 4_100, 15_003, 15_206, 75_000)] == [
        "4 ms", "0.49 s", "4.1 s", "15.0 s", "15.2 s", "75 s",
    ]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 90_000), st.booleans(), st.one_of(st.none(), st.integers(0, 200_000)), st.sampled_from("aln")
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_came_everything_stands_inside_and_no_label_over_another(some: list) -> None:
    hits = []
    for n, (after_s, fallback, ms, what) in enumerate(sorted(some, key=lambda one: one[0]), start=1):
        end = {"a": {"after_ms": ms}, "l": {"ok": False, "left_ms": ms, "after_ms": None}, "n": {"ok": None}}[what]
        hits.append(_hit(n, after_s, fallback=fallback, **end))
    axis = _draw(*hits, now_s=90_000)
    if axis is None:
        assert len(hits) == 1 or len({hit.at for hit in hits}) == 1
        return
    assert 2 <= len(axis.ticks) <= MOST_TICKS + 1
    for lane in axis.lanes:
        assert all(0 <= dot.x <= 100 for dot in lane.dots)
        assert all(span.x >= 0 and span.x + span.width <= 100.01 for span in lane.spans)
        begins = [label.x if label.anchor == "start" else label.x - LABEL_WIDTH for label in lane.labels]
        places = sorted((begin, begin + LABEL_WIDTH) for begin in begins)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(places))
