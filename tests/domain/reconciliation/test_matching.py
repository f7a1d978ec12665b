"""What was lost, doubled, delayed or saved by the fallback is exactly what a comparison names: for files of every
provider, in any order of their rows.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.messages.model import Direction
from app.domain.reconciliation.matching import Reconciler
from app.domain.reconciliation.model import ReconciliationScope, SeenMessage
from app.domain.reconciliation.records import ProviderNote
from app.domain.reconciliation.verdicts import RecordReason
from app.domain.statuses import Status
from tests.records.support import entries
from tests.records.writing import FORMS, OURS, UTC_NOON, Sent, Written

from .cases import at, called_back, compare, inbound, outbound, results, seen

Fate = Literal["arrives", "lost", "doubled", "late", "fallback", "not final"]
SCOPE = ReconciliationScope(
    made_us=0,
    kept_us=0,
    now_us=round((UTC_NOON + timedelta(days=30)).timestamp()) * 1_000_000,
    numbers=frozenset({OURS}),
    directions=frozenset(Direction),
)


@dataclass(frozen=True)
class Played:
    """A message, and what became of its webhooks."""

    sent: Sent
    fate: Fate


@st.composite
def _plays(draw: st.DrawFn, form: Written) -> list[Played]:
    """Messages of which some have the same parties, and even the same text."""
    directions = [inbound for inbound, has in ((True, form.inbound), (False, form.outbound)) if has]
    played = []
    for number in range(draw(st.integers(1, 14))):
        inbound_ = draw(st.sampled_from(directions))
        sent = Sent(
            id=f"8f2c{number:04x}-3b1e-4f60-8c1d-{draw(st.integers(0, 2**40)):012x}",
            inbound=inbound_,
            theirs=f"+1415555{draw(st.integers(0, 3)):04}",
            at=UTC_NOON + timedelta(seconds=draw(st.integers(0, 2_000))),
            text=draw(st.sampled_from(["hello", 'say "hi", please\r\nnow', "Ω€", "Your code is 482913"])),
            failed=not inbound_ and draw(st.booleans()),
        )
        fates: list[Fate] = ["arrives", "lost", "doubled", "late"] + (["fallback"] if inbound_ else ["not final"])
        played.append(Played(sent, draw(st.sampled_from(fates))))
    return played


def _seen(number: int, play: Played, form: Written, provider: str) -> SeenMessage:
    sent, fate = play.sent, play.fate
    delay = timedelta(seconds=400 if fate == "late" else 1)
    final = fate != "not final"
    return SeenMessage(
        message=number,
        provider=provider,
        message_id=form.id_of(sent),
        direction=Direction.INBOUND if sent.inbound else Direction.OUTBOUND,
        sender=sent.sender,
        recipient=sent.recipient,
        text=sent.text if sent.inbound else None,
        received_us=round((sent.at + delay).timestamp() * 1_000_000),
        ended_us=round((sent.ended + delay).timestamp() * 1_000_000) if final and not sent.inbound else None,
        status=Status.SENT if not final else Status.FAILED if sent.failed else Status.DELIVERED,
        final=final,
        captures=(number,),
        primary=sent.inbound and fate != "fallback",
        fallback=fate == "fallback",
        repeats=int(fate == "doubled"),
    )


def _expected(play: Played, form: Written) -> str:
    if play.fate == "late":
        return "late" if play.sent.inbound or form.ends else "seen"
    lost = "no_webhook" if play.sent.inbound else "no_callback"
    return {
        "arrives": "seen", "lost": lost, "doubled": "duplicate", "fallback": "seen_by_fallback",
        "not final": "no_final",
    }[play.fate]  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_the_result_names_exactly_what_happened(name: str, data: st.DataObject) -> None:
    form, provider = FORMS[name], name.partition("-")[0]
    plays = data.draw(_plays(form))
    # The zone can be estimated if most of the messages came in time.
    late = sum(play.fate == "late" for play in plays)
    in_time = sum(play.fate not in ("late", "lost") for play in plays)
    hours = data.draw(st.sampled_from([-5, 0, 5.75])) if form.local and in_time > late else 0
    written = data.draw(st.permutations([play.sent for play in plays]))
    join = Reconciler(SCOPE, b"key")
    for number, play in enumerate(plays):
        if play.fate != "lost":
            join.add_message(_seen(number, play, form, provider))
    found = entries(form.write(written, timedelta(hours=hours)))
    for entry in found:
        join.add(entry)
    join.finish()
    by_id = {form.id_of(play.sent): play for play in plays}
    ids = [next(id for id in entry.ids if id in by_id) for entry in found]  # type: ignore[union-attr]
    named = dict(zip(ids, join.results(), strict=True))
    assert {id: result.verdict.value for id, result in named.items()} == {
        id: _expected(play, form) for id, play in by_id.items()
    }
    assert {id for id, result in named.items() if result.message is None} == {
        id for id, play in by_id.items() if play.fate == "lost"
    }
    reasons = {result.reason for result in named.values()}
    assert reasons <= {None, RecordReason.UNKNOWN, RecordReason.NUMBER_NEVER_ARRIVES}
    assert list(join.unlisted()) == []
    _check_summary(join, plays)


def _check_summary(join: Reconciler, plays: list[Played]) -> None:
    summary = join.summary()
    for direction in summary.directions:
        mine = [play for play in plays if play.sent.inbound is (direction.direction is Direction.INBOUND)]
        missing = sum(play.fate in ("lost", "not final") for play in mine)
        assert (direction.total, direction.missing, direction.arrived) == (len(mine), missing, len(mine) - missing)
        assert direction.by_fallback == sum(play.fate == "fallback" for play in mine)
    assert summary.records == len(plays) == sum(summary.verdicts.values())


def test_results_come_in_the_order_of_the_records() -> None:
    records = [inbound(9, 0, "m1", text=None), inbound(2, 0, "x"), outbound(5, 0, "m3")]
    found = results([seen(1, 1), called_back(3, 1)], records)
    assert [(result.row, result.verdict.value, result.message) for result in found] == [
        (9, "seen", 1), (2, "no_webhook", None), (5, "seen", 3)
    ]  # fmt: skip


def test_the_direction_of_a_record_without_one_is_that_of_its_message_or_number() -> None:
    messages = [seen(1, 1), called_back(2, 1)]
    records = [
        inbound(1, 0, direction=None), outbound(2, 0, direction=None), inbound(3, 0, direction=None),
        outbound(4, 0, direction=None),
    ]  # fmt: skip
    assert [result.verdict.value for result in results(messages, records)] == [
        "seen", "seen", "no_webhook", "no_callback"
    ]  # fmt: skip


def test_the_same_message_twice_in_a_file_is_found_twice() -> None:
    """Pages of an API overlap when messages come in between."""
    found = results([seen(1, 1)], [inbound(1, 0), inbound(2, 0, "m1", text="text 1")])
    assert [result.verdict.value for result in found] == ["seen", "seen"]


def test_the_zone_of_local_times_is_estimated_and_applied() -> None:
    records = [inbound(n, None, sent=at(n * 600 - 5 * 3_600, zoned=False)) for n in range(5)]
    join = compare([seen(n, n * 600 + 1) for n in range(4)], records)
    found = list(join.results())
    assert [result.delta_ms for result in found] == [1_000] * 4 + [None]
    assert found[4].at_us == at(2_400).us
    zone = join.summary().zone
    assert zone is not None
    assert (zone.offset, zone.rows) == (timedelta(hours=-5), 4)
    assert compare([seen(1, 1)], [inbound(1, 0)]).summary().zone is None


def test_notes_alone_give_no_records() -> None:
    join = compare([seen(1, 1)], [ProviderNote(row=1, provider="twilio", about="m1", ok=False)])
    assert list(join.results()) == list(join.unlisted()) == []
    assert join.summary().notes == 1


def test_an_empty_bin_and_an_empty_file() -> None:
    assert list(compare([], []).results()) == []
    assert compare([seen(1, 1)], []).summary().records == 0
