"""Changes of several captures: which, in which steps, and where the next call continues."""

from datetime import timedelta

import pytest

from app import keys
from app.domain.annotations import Annotation, AnnotationChange
from app.domain.search import parse_query
from app.errors import NotFound
from app.services import exports, selections
from app.services.selections import Selection, SelectionResult, annotate, delete
from app.services.upkeep.retention import Sweeping
from tests.conftest import Running
from tests.storage.builders import a_capture

EVEN = parse_query("text~even")
PIN = AnnotationChange(pinned=True)


@pytest.fixture
async def filled(server: Running) -> Running:
    """A bin with ten captures; every second one has the word "even"."""
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    for n in range(1, 11):
        body = f"From=%2B14155550123&To=%2B19495550142&Text={'odd' if n % 2 else 'even'}".encode()
        await server.app[keys.STORE].add_capture(a_capture(server.bin, body=body, headers=headers))
    return server


async def _pinned(server: Running) -> list[int]:
    return [item["n"] for item in await server.captures() if item["pinned"]]


async def _numbers(server: Running) -> list[int]:
    return [item["n"] for item in await server.captures()]


async def _annotate(server: Running, change: AnnotationChange = PIN, **which: object) -> SelectionResult:
    return await annotate(server.app[keys.STORE], server.app[keys.HUB], server.bin.id, Selection(**which), change)


async def _delete(server: Running, **which: object) -> SelectionResult:
    app = server.app
    return await delete(app[keys.STORE], app[keys.HUB], app[keys.SWEEPING], server.bin.id, Selection(**which))


async def test_listed_captures_are_changed_and_those_that_do_not_exist_are_passed_over(filled: Running) -> None:
    assert await _annotate(filled, numbers=[3, 1, 3, 99]) == SelectionResult(changed=2)
    assert await _pinned(filled) == [1, 3]
    assert await _delete(filled, numbers=[3, 99, 4]) == SelectionResult(changed=2)
    assert await _numbers(filled) == [1, 2, 5, 6, 7, 8, 9, 10]
    assert await _delete(filled, numbers=[3]) == SelectionResult(changed=0)


async def test_what_matches_is_changed_up_to_a_number_without_some(filled: Running) -> None:
    assert await _annotate(filled, upto=9, query=EVEN, without=frozenset({4})) == SelectionResult(changed=3)
    assert await _pinned(filled) == [2, 6, 8]
    assert await _delete(filled, upto=7, query=EVEN, without=frozenset({2})) == SelectionResult(changed=2)
    assert await _numbers(filled) == [1, 2, 3, 5, 7, 8, 9, 10]


async def test_each_call_is_bounded_and_the_next_continues(filled: Running, monkeypatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    monkeypatch.setattr(selections, "AT_ONCE", 3)
    assert await _annotate(filled, upto=10) == SelectionResult(changed=4, next=4)
    assert await _annotate(filled, upto=10, after=4) == SelectionResult(changed=4, next=8)
    assert await _annotate(filled, upto=10, after=8) == SelectionResult(changed=2)
    assert await _pinned(filled) == list(range(1, 11))
    monkeypatch.setattr(selections, "AT_ONCE", 100)
    monkeypatch.setattr(selections, "CALL_S", 0.0)
    assert await _delete(filled, upto=10, query=EVEN) == SelectionResult(changed=2, next=4)
    assert await _delete(filled, upto=10, query=EVEN, after=4) == SelectionResult(changed=2, next=8)
    assert await _delete(filled, upto=10, query=EVEN, after=8) == SelectionResult(changed=1)
    assert await _numbers(filled) == [1, 3, 5, 7, 9]


async def test_a_step_that_handles_only_some_is_followed_by_another(server: Running, monkeypatch) -> None:
    """The steps are bounded in the log process; this checks that all of their numbers are handled in the end."""

    class Slow:
        def __init__(self) -> None:
            self.calls: list[list[int]] = []

        async def drop_some(self, bin_id: str, numbers: list[int]) -> selections.StepResult:
            self.calls.append(list(numbers))
            return selections.StepResult(changed=1, handled=min(2, len(numbers)), refused=1)

    store = Slow()
    result = await delete(
        store, server.app[keys.HUB], server.app[keys.SWEEPING], server.bin.id, Selection(numbers=[1, 2, 3, 4, 5])
    )  # type: ignore[arg-type]
    assert store.calls == [[1, 2, 3, 4, 5], [3, 4, 5], [5]]
    assert result == SelectionResult(changed=3, refused=3)


async def test_a_whole_bin_is_deleted_by_one_write_and_what_arrived_later_stays(filled: Running, monkeypatch) -> None:
    calls: list[int | None] = []
    store = filled.app[keys.STORE]
    drop = store.drop_captures

    async def counted(bin_id: str, upto: int | None = None) -> None:
        calls.append(upto)
        await drop(bin_id, upto)

    monkeypatch.setattr(store, "drop_captures", counted)
    await store.drop_capture(filled.bin.id, 3)
    assert await _delete(filled, upto=8) == SelectionResult(changed=7)
    assert calls == [8]
    assert await _numbers(filled) == [9, 10]
    assert await _delete(filled, upto=10) == SelectionResult(changed=2)
    assert await _numbers(filled) == []


async def test_captures_with_too_many_tags_are_counted(filled: Running) -> None:
    tags = tuple(f"t{number:02}" for number in range(20))
    await _annotate(filled, AnnotationChange(tags=tags), numbers=[2])
    result = await _annotate(filled, AnnotationChange(add=("more",)), upto=3)
    assert result == SelectionResult(changed=2, refused=1)
    row = (await filled.app[keys.STORE].get_capture(filled.bin.id, 2)).row
    assert row.annotation == Annotation(tags=tags)


async def test_an_unknown_bin_or_the_only_capture_is_not_found(server: Running) -> None:
    with pytest.raises(NotFound, match="There is no #5"):
        await _annotate(server, numbers=[5])
    store, hub = server.app[keys.STORE], server.app[keys.HUB]
    for which in (Selection(numbers=[1]), Selection(upto=5), Selection(upto=5, query=EVEN)):
        with pytest.raises(NotFound, match="no bin"):
            await annotate(store, hub, "nobody", which, PIN)
        with pytest.raises(NotFound, match="no bin"):
            await delete(store, hub, Sweeping(store, timedelta(0)), "nobody", which)
