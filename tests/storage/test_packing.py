"""What is stored as MessagePack in columns comes back equal, and older rows stay readable."""

from datetime import UTC, datetime

import msgspec

from app.domain.answers.model import Answer
from app.domain.captures import FaultHit
from app.domain.events import Event, Piece
from app.domain.messages.folding import begin
from app.domain.messages.model import Fact
from app.domain.pairings.model import Hit
from app.domain.roles import Kind
from app.domain.statuses import Status, Word
from app.storage.packing import (
    FoldState,
    pack,
    read_answer,
    read_events,
    read_fault_hit,
    read_hits,
    read_state,
    write_state,
)

AT = datetime(2026, 11, 29, 12, 0, 0, 123_456, tzinfo=UTC)
EVENT = Event(
    kind=Kind.INBOUND, message_id="m", sender="+14155550123", text="hi", status=Status.RECEIVED,
    piece=Piece(ref="9", number=1, total=2), as_callback=Word(Status.DELIVERED, True),
)  # fmt: skip


def test_events_and_hits_come_back_equal() -> None:
    hits = (Hit(n=1, at=AT, fallback=False, method="POST", ok=False, status=500, after_ms=3), Hit(
        n=2, at=AT, fallback=True, method="GET", twin=True
    ))  # fmt: skip
    assert read_events(pack((EVENT, EVENT))) == (EVENT, EVENT)
    assert read_hits(pack(hits)) == hits


def test_answers_and_fault_hits_come_back_equal() -> None:
    answer = Answer(status=201, headers=(("X-A", "ü"),), body="<a/>", delay_ms=5)
    hit = FaultHit(fault="id", kind="hold", said="hold 5 s", drill="drill.1")
    assert read_answer(msgspec.msgpack.encode(answer)) == answer
    assert read_fault_hit(pack(hit)) == hit


def test_the_fold_state_of_a_message_is_all_that_its_columns_lack() -> None:
    message = msgspec.structs.replace(
        begin(Fact(n=1, at=AT, provider="ytel", event=EVENT, print="print")), prints=("a", "b")
    )
    state = read_state(write_state(message))
    assert state == FoldState(("a", "b"), message.pieces, message.as_callback)
    assert (state.pieces, state.as_callback) == (((1, "hi"),), Word(Status.DELIVERED, True))


def test_a_state_of_fewer_fields_has_the_defaults() -> None:
    assert read_state(pack([["a"]])) == FoldState(("a",), (), None)
    assert read_state(pack([])) == FoldState()
