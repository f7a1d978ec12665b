"""How much of an export is read at once, how long it holds the loop, and how its reads fit the time that they take."""

import asyncio
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from app.export.format import About
from app.services import exports as exporting
from app.services.exports import LEAST_RANGE, LONG_S, PAGE, PAGE_BYTES, RANGE, SHORT_S, in_chunks
from app.web.exports import api as exports

from .conftest import Ticks


def _rows(*sizes: int) -> list[Any]:
    return [SimpleNamespace(n=n, size=size) for n, size in enumerate(sizes, 1)]


def test_whole_captures_are_read_together_up_to_so_many_bytes() -> None:
    half = PAGE_BYTES // 2
    assert list(in_chunks(_rows(half, half))) == [[1, 2]]
    assert list(in_chunks(_rows(half, half, 1))) == [[1, 2], [3]]
    assert list(in_chunks(_rows(PAGE_BYTES + 1, 1))) == [[1], [2]]


async def _ranges(ticks: Ticks, monkeypatch, took_s: float, *, last: int, page: int = 0) -> list[int]:
    """How many numbers each read of an export with a filter looks through, where each takes so long."""
    monkeypatch.setattr(exporting, "ticks", lambda: ticks.now)
    sizes: list[int] = []

    async def read(after: int, upto: int) -> list[int]:
        sizes.append(upto - after)
        ticks.now += took_s
        return list(range(after + 1, after + 1 + page))

    async for _ in exporting._each_range(read, lambda n: n, last, has_filter=True):
        pass
    return sizes


async def test_a_quick_read_is_followed_by_one_of_twice_as_many_numbers(ticks: Ticks, monkeypatch) -> None:
    assert await _ranges(ticks, monkeypatch, SHORT_S - 0.001, last=7 * RANGE) == [RANGE, 2 * RANGE, 4 * RANGE]


@pytest.mark.parametrize("took_s", [SHORT_S + 0.001, LONG_S - 0.001])
async def test_one_that_takes_its_time_is_followed_by_one_like_it(ticks: Ticks, monkeypatch, took_s: float) -> None:
    assert await _ranges(ticks, monkeypatch, took_s, last=2 * RANGE) == [RANGE, RANGE]


async def test_a_slow_one_is_followed_by_half_of_it_and_no_fewer_than_some(ticks: Ticks, monkeypatch) -> None:
    sizes = await _ranges(ticks, monkeypatch, LONG_S + 0.001, last=3 * RANGE)
    assert sizes[:3] == [RANGE, RANGE // 2, RANGE // 4]
    assert sizes[-2] == LEAST_RANGE


@pytest.mark.parametrize(("rows", "reads"), [(PAGE, 2), (PAGE - 1, 1)])
async def test_a_whole_page_is_gone_on_behind_its_last_row(ticks: Ticks, monkeypatch, rows: int, reads: int) -> None:
    sizes = await _ranges(ticks, monkeypatch, LONG_S, last=RANGE, page=rows)
    assert sizes[:2] == [RANGE, RANGE - PAGE][:reads]


class Row(msgspec.Struct):
    """One row of a file."""

    text: str


class Form:
    """Writes each row as its text."""

    between = b""
    end = b""

    def begin(self, _about: object) -> bytes:
        return b""

    def row(self, _about: object, row: dict[str, str]) -> bytes:
        return row["text"].encode()


async def _pieces(*texts: str) -> list[bytes]:
    async def rows() -> Any:
        for text in texts:
            yield False, lambda text=text: Row(text)

    about = About(columns=[], version="", origin="")
    return [piece async for piece in exports._pieces(Form(), about, rows())]  # type: ignore[arg-type]


async def test_a_file_is_sent_in_pieces_of_about_this_size() -> None:
    whole = "a" * (exports.CHUNK - 1)
    assert [len(piece) for piece in await _pieces(whole, "b", "c")] == [exports.CHUNK, 1]
    assert [len(piece) for piece in await _pieces(whole)] == [exports.CHUNK - 1]


@pytest.mark.parametrize(("took_s", "turns"), [(exports.TURN_S - 0.0001, 0), (exports.TURN_S + 0.0001, 1)])
async def test_an_export_holds_the_loop_no_longer_than_so(ticks: Ticks, monkeypatch, took_s: float, turns: int) -> None:
    given: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        given.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    real_write = exports._write

    def slow(*arguments: Any) -> bytes:
        ticks.now += took_s
        return real_write(*arguments)

    monkeypatch.setattr(exports, "_write", slow)
    await _pieces("a")
    assert len(given) == turns
