"""What is remembered of texts a moment ago: within a minute, within bounds, and again after a start."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.domain.captures import Kind
from app.domain.events import Event
from app.domain.folding import begin
from app.domain.messages import Direction, Fact, Message
from app.domain.statuses import Status
from app.storage import echoes
from app.storage.apply import Applier
from app.storage.connections import open_writer
from app.storage.echoes import ECHO_US, MOST_ALIKE, Echoes, can_echo
from app.storage.jobs import AddBin, AddCapture, Job
from app.storage.migrate import migrate

NOW = 1_764_000_000_000_000


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_writer(tmp_path / "smsbin.db")
    migrate(opened)
    yield opened
    opened.close()


def _event(message_id: str, text: str = "hi") -> Event:
    return Event(
        kind=Kind.INBOUND, message_id=message_id, sender="+14155550123", recipient="+14155550100", text=text,
        status=Status.RECEIVED, final=True,
    )  # fmt: skip


def _message(text: str = "hi") -> Message:
    at = datetime.fromtimestamp(NOW / 1_000_000, UTC)
    return begin(Fact(n=1, at=at, provider="ytel", event=_event("m", text)))


def _capture(message_id: str, at: int, role: str = "primary") -> Job:
    event = _event(message_id)
    return AddCapture(
        "bin", at, role, "POST", "/k", "192.0.2.1", None, True, "ytel", "inbound", message_id, event.sender,
        event.recipient, event.text, "received", None, None, "1.1", b"", message_id.encode(), "", "", [event], None,
        False, False,
    )  # fmt: skip


def _keep(applier: Applier, *captures: Job) -> None:
    assert {result.error for result in applier.apply(captures)} == {None}


def _findings(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("select message_id, findings from messages").fetchall())


def test_the_youngest_come_first_with_their_sides_and_only_a_few_of_one_text(connection: sqlite3.Connection) -> None:
    heard = Echoes(connection)
    place = heard.place_of(1, _message())
    for id in range(1, 10):
        heard.note(place, id, id % 2 == 0, NOW + id)
    assert heard.find(place) == [(9, False), (8, True), (7, False), (6, True), (5, False)][:MOST_ALIKE]
    assert heard.find(heard.place_of(1, _message("ho"))) == []
    assert heard.find(heard.place_of(2, _message())) == []


def test_what_was_heard_is_found_for_a_minute_at_least_and_not_for_ever(connection: sqlite3.Connection) -> None:
    heard = Echoes(connection)
    early, late, other = (heard.place_of(1, _message(text)) for text in ("early", "late", "other"))
    heard.note(early, 1, None, NOW)
    heard.note(late, 2, None, NOW + ECHO_US)
    heard.note(other, 3, None, NOW + ECHO_US + 1)
    assert (heard.find(early), heard.find(late)) == ([(1, None)], [(2, None)])
    heard.note(other, 4, None, NOW + 3 * ECHO_US)
    assert (heard.find(early), heard.find(other)) == ([], [(4, None), (3, None)])


def test_a_flood_shortens_the_memory_and_does_not_fill_it(connection: sqlite3.Connection, monkeypatch) -> None:
    monkeypatch.setattr(echoes, "MOST_HEARD", 10)
    heard = Echoes(connection)
    for id in range(1_000):
        heard.note(id, id, False, NOW)
    assert len(heard._young) + len(heard._old) <= 20
    assert heard.find(999) == [(999, False)]


def test_an_echo_is_heard_over_a_restart_with_its_side(connection: sqlite3.Connection) -> None:
    applier = Applier(connection)
    _keep(applier, AddBin("bin", "key", None, None, None, 300, NOW), _capture("a", NOW))
    again = Applier(connection)
    _keep(again, _capture("b", NOW + 1_000_000), _capture("c", NOW + 2_000_000, "fallback"))
    assert _findings(connection) == {"a": "", "b": "soft_duplicate", "c": ""}
    # The youngest on the other URL is whom the fallback joins.
    pairings = dict(connection.execute("select message_id, pairing from messages").fetchall())
    assert pairings["c"] == pairings["b"] != pairings["a"]


def test_a_message_that_was_never_committed_or_was_changed_is_no_echo(connection: sqlite3.Connection) -> None:
    applier = Applier(connection)
    _keep(applier, AddBin("bin", "key", None, None, None, 300, NOW))
    connection.execute("create trigger refuse before insert on raws begin select raise(abort, 'no'); end")
    assert applier.apply([_capture("a", NOW)])[0].error is not None
    connection.execute("drop trigger refuse")
    _keep(applier, _capture("b", NOW + 1))
    connection.execute("update messages set text = 'ho'")
    _keep(Applier(connection), _capture("c", NOW + 2))
    assert _findings(connection) == {"b": "", "c": ""}


def test_only_a_whole_inbound_text_can_be_an_echo() -> None:
    message = _message()
    assert can_echo(message)
    others = (
        {"text": ""}, {"sender": None}, {"direction": Direction.OUTBOUND}, {"piece_key": "7|2|+14155550123|"},
    )  # fmt: skip
    assert not any(can_echo(replace(message, **other)) for other in others)
