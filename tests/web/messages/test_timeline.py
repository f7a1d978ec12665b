"""The drawings as numbers: to scale, on two tracks, nothing written over anything else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages.model import Direction, Pace, Step
from app.domain.statuses import Status
from app.web.messages.timeline import LABEL_WIDTH, PLOT_HEIGHT, PLOT_WIDTH, draw_axis, draw_pace

START = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def _step(n: int, after_s: float, status: Status, *, said: float | None = None, repeats: int | None = None) -> Step:
    return Step(
        n=n,
        at=START + timedelta(seconds=after_s),
        status=status,
        raw_status=status.value,
        said_at=None if said is None else START + timedelta(seconds=said),
        gap_ms=None,
        late=False,
        repeats=repeats,
        error_code=None,
    )


def test_a_message_without_steps_has_no_drawing() -> None:
    assert draw_axis([], Direction.OUTBOUND, final=False) is None


def test_sending_and_delivery_are_two_tracks_to_one_scale() -> None:
    steps = [_step(1, 0, Status.QUEUED), _step(2, 1, Status.SENT), _step(3, 4, Status.DELIVERED)]
    axis = draw_axis(steps, Direction.OUTBOUND, final=True)
    sending, delivery = axis.tracks
    assert [(mark.x, mark.label, mark.time) for mark in sending.marks] == [
        (0.0, "queued", "0 s"),
        (25.0, "handed over", "1.0 s"),
    ]
    assert [(mark.x, mark.label, mark.tone) for mark in delivery.marks] == [(100.0, "delivered", "c-ok")]
    assert (delivery.start, delivery.end, delivery.dotted) == (25.0, 100.0, True)
    assert delivery.says == "3.0 s until the receipt"
    assert axis.description == "Queued at 0 s, handed over at 1.0 s, delivered at 4.0 s"


def test_handed_over_is_never_green() -> None:
    axis = draw_axis([_step(1, 0, Status.QUEUED), _step(2, 1, Status.SENT)], Direction.OUTBOUND, final=True)
    assert {mark.tone for track in axis.tracks for mark in track.marks} == {""}


def test_a_failure_belongs_to_the_delivery_once_the_message_was_handed_over() -> None:
    early = draw_axis([_step(1, 0, Status.QUEUED), _step(2, 1, Status.FAILED)], Direction.OUTBOUND, final=True)
    late = draw_axis([_step(1, 0, Status.SENT), _step(2, 1, Status.FAILED)], Direction.OUTBOUND, final=True)
    assert [track.title for track in early.tracks] == ["Sending"]
    assert [track.title for track in late.tracks] == ["Sending", "Delivery"]


def test_the_providers_stamp_is_hollow_and_may_stand_before_the_first_arrival() -> None:
    axis = draw_axis([_step(1, 0, Status.QUEUED, said=-1), _step(2, 1, Status.SENT)], Direction.OUTBOUND, final=True)
    hollow, queued, sent = axis.tracks[0].marks
    assert (hollow.x, hollow.hollow, hollow.label) == (0.0, True, "")
    assert (queued.x, queued.time) == (50.0, "0 s")
    assert sent.x == 100.0


def test_a_stamp_of_another_day_is_left_to_the_table() -> None:
    axis = draw_axis(
        [_step(1, 0, Status.QUEUED, said=-90_000), _step(2, 1, Status.SENT)], Direction.OUTBOUND, final=True
    )
    assert axis.left_out == 1
    assert [mark.hollow for mark in axis.tracks[0].marks] == [False, False]


def test_one_callback_that_is_waited_behind_draws_an_open_line() -> None:
    (track,) = draw_axis([_step(1, 0, Status.QUEUED)], Direction.OUTBOUND, final=False).tracks
    assert (track.start, track.end, track.dotted) == (0.0, 100.0, True)


def test_a_repeat_says_that_it_is_one() -> None:
    steps = [_step(1, 0, Status.SENT), _step(2, 4, Status.SENT, repeats=1)]
    (track,) = draw_axis(steps, Direction.OUTBOUND, final=False).tracks
    assert [mark.label for mark in track.marks] == ["handed over", "handed over again"]


STEPS = st.lists(
    st.tuples(
        st.floats(0, 100_000),
        st.sampled_from(list(Status)),
        st.none() | st.floats(-100_000, 100_000),
    ),
    min_size=1,
    max_size=12,
)


@given(STEPS, st.sampled_from(list(Direction)), st.booleans())
def test_whatever_came_stays_on_the_paper_and_no_label_covers_another(told, direction, final) -> None:
    steps = [_step(n, *told[:2], said=told[2]) for n, told in enumerate(sorted(told, key=lambda one: one[0]), 1)]
    axis = draw_axis(steps, direction, final=final)
    assert sum(not mark.hollow for track in axis.tracks for mark in track.marks) == len(steps)
    for track in axis.tracks:
        assert all(0 <= x <= 100 for x in (track.start, track.end, *(mark.x for mark in track.marks)))
        labelled = sorted(mark.x for mark in track.marks if mark.label)
        assert all(right - left >= LABEL_WIDTH for left, right in pairwise(labelled))


def _pace(*points: tuple[float, float]) -> Pace:
    """Points as (hours ago, seconds)."""
    told = tuple((START - timedelta(hours=ago), seconds, False) for ago, seconds in points)
    return Pace(points=told, outbound=len(told))


def test_a_day_is_drawn_by_the_hour_and_older_messages_are_left_out() -> None:
    plot = draw_pace(_pace((0, 1.0), (0.1, 3.0), (5, 10.0), (30, 99.0)), START)
    assert [(hour.count, hour.p50, hour.p95) for hour in plot.hours] == [(1, 10.0, 10.0), (2, 1.0, 3.0)]
    assert plot.hours[0].x < plot.hours[1].x < PLOT_WIDTH
    assert [words for _, words in plot.ticks] == ["0.1 s", "1 s", "10 s"]


def test_nothing_that_ended_today_is_no_plot() -> None:
    assert draw_pace(_pace((30, 1.0)), START) is None
    assert draw_pace(Pace(points=(), outbound=3), START) is None


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 1_000_000)), max_size=40))
def test_a_slow_message_stays_on_the_paper_too(points) -> None:
    plot = draw_pace(_pace(*points), START)
    for hour in plot.hours if plot else ():
        assert 0 <= hour.y99 <= hour.y95 <= hour.y50 <= PLOT_HEIGHT
        assert 0 < hour.x < PLOT_WIDTH


def test_a_stamp_without_seconds_is_not_drawn() -> None:
    steps = [
        replace(_step(1, 0, Status.QUEUED, said=-39), said_to_minute=True),
        _step(2, 1, Status.SENT, said=0.5),
        _step(3, 2, Status.SENT, said=-90_000),
    ]
    axis = draw_axis(steps, Direction.OUTBOUND, final=True)
    assert axis is not None
    assert [mark.x for track in axis.tracks for mark in track.marks if mark.hollow] == [25.0]
    assert (axis.left_out, axis.to_minute) == (1, 1)


def test_a_repeated_request_never_takes_the_label_of_a_state() -> None:
    steps = [_step(1, 0, Status.SENT), _step(2, 0.1, Status.SENT, repeats=1), _step(3, 10, Status.DELIVERED)]
    axis = draw_axis(steps, Direction.OUTBOUND, final=True)
    assert axis is not None
    assert [mark.label for mark in axis.tracks[0].marks] == ["handed over", ""]
