"""Both engines store the same and derive the same, also from what PostgreSQL cannot store or index as it is."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.domain.captures import Outcome
from app.domain.events import Event, Piece
from app.domain.roles import Role
from app.domain.statuses import Status
from app.storage.log import jobs
from tests.storage.builders import a_raw, reading_of, scripted
from tests.storage.engines import PostgresEngine, SqliteEngine
from tests.storage.inside import BIN, Inside, Ledger
from tests.storage.ledger.events import an_inbound, callback, called

START = clock.now() - timedelta(hours=2)
# U+0000, the character that escapes it, letters whose case only some rules know, and more than an index can have.
ODD = "a\0b \ue000\ue0000 Éé ß \U0001f600"
LONG = "x" * 200 + "".join(f"{n * n:x}" for n in range(4_000))

Write = Callable[[Inside], None]


@pytest.fixture
def both(tmp_path: Path, make_database) -> Iterator[list[Inside]]:
    """The same bin on SQLite and on PostgreSQL."""
    made = [Inside(tmp_path, engine) for engine in (SqliteEngine(tmp_path), PostgresEngine(make_database))]
    yield made
    for inside in made:
        inside.close()


def _messages(inside: Inside) -> None:
    """Inbound messages, callbacks, calls and parts, with outcomes; ids differ in case or after a long beginning."""
    seconds = iter(range(10_000))

    def state(event: Event, role: Role = Role.PRIMARY) -> None:
        at = START + timedelta(seconds=next(seconds))
        inside.keep(scripted(reading_of(event), salt=str(at), received_at=at), role)

    for id in ("m1", "M1", "É", "é", ODD, LONG, LONG + "1", LONG.upper()):
        state(an_inbound(id, f"text of {id}"))
        state(an_inbound(id, f"text of {id}"), Role.FALLBACK)
        (event,) = callback(f"out {id}", Status.FAILED, error_code=ODD).events
        state(event, Role.STATUS)
        state(*called(id).events, Role.VOICE)
        state(*called(id).events, Role.VOICE_FALLBACK)
    for sender in ("Ünïcode", "ünïcode", "SHOP", "shop", ODD, LONG, LONG + "1"):
        state(an_inbound(f"from {sender}", ODD, sender=sender, recipient=sender[::-1]))
    for number in (2, 1):
        state(an_inbound(f"part {number}", f"part {number}", piece=Piece(ODD, number, 2)))
    for n in range(1, 41, 3):
        inside.settle(n, Outcome(status=200 + n, after_ms=n, sender_left=n % 2 == 0, note=ODD if n % 5 == 0 else None))


def _others(inside: Inside) -> None:
    """Captures that are not parsed, annotations, and deletions."""
    for n in range(3):
        raw = a_raw(f"text={n}".encode(), START + timedelta(hours=1, seconds=n), target=f"/?{n}", peer=ODD)
        inside.keep(raw, provider=[None, "ytel", "twilio"][n])
    inside.annotate(2, pinned=True, note=ODD.replace("\0", ""), tags=("b", "a"))
    inside.annotate(3, note="")
    for n in (1, 5, 20):
        assert inside.drop(n)


def _ledgers(both: list[Inside], *writes: Write) -> list[Ledger]:
    made = []
    for inside in both:
        ledger = inside.ledger(version="2")
        for write in writes:
            write(inside)
            ledger.follow(limit=20)
        made.append(ledger)
    return made


def _told(ledger: Ledger) -> dict[str, Any]:
    """Everything that readers see, without what the search compares, which is prepared for each engine."""
    told: dict[str, Any] = ledger.everything()
    for row in (*told["captures"], *told["messages"].values()):
        row.pop("words", None)
        row.pop("search_line", None)
    return told


def test_the_ledgers_are_equal_while_they_follow_and_after_marks_deletions_and_clearing(both: list[Inside]) -> None:
    ledgers = _ledgers(both, _messages, _others)
    on_sqlite, on_postgresql = map(_told, ledgers)
    assert len(on_sqlite["messages"]) > 20
    assert on_postgresql == on_sqlite
    for ledger in ledgers:
        ledger.mark(START + timedelta(days=1))
    on_sqlite, on_postgresql = map(_told, ledgers)
    assert on_postgresql == on_sqlite
    for inside, ledger in zip(both, ledgers, strict=True):
        while ledger.index():
            pass
        for n in (2, 3, 4, 9, 30, 31, 37, 46):
            assert inside.drop(n)
        ledger.follow()
    on_sqlite, on_postgresql = map(_told, ledgers)
    assert on_postgresql == on_sqlite
    for inside, ledger in zip(both, ledgers, strict=True):
        inside.apply(jobs.DropCaptures(BIN, None))
        inside.keep(a_raw(received_at=START))
        ledger.follow()
        ledger.erase()
    on_sqlite, on_postgresql = map(_told, ledgers)
    assert len(on_sqlite["captures"]) == 1
    assert on_postgresql == on_sqlite
