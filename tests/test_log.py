"""A bug that is triggered a thousand times does not fill the disk, and no line has data from a request."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from app import log

TEXT = "Your code is 482913"


@pytest.fixture(params=["json", "console"])
def lines(request: pytest.FixtureRequest, monkeypatch) -> Iterator[io.StringIO]:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("aiohttp", "aiohttp.server", "asyncio")}
    log.set_up_log("info", request.param)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


@pytest.fixture
def ticks(monkeypatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(log, "ticks", lambda: now[0])
    return now


def _fail(event: str = "request.failed") -> None:
    try:
        int(TEXT)
    except ValueError:
        structlog.get_logger("web").exception(event)


def _fail_elsewhere() -> None:
    try:
        float(TEXT)
    except ValueError:
        logging.getLogger("lib").exception("a library failed")


def test_an_exception_is_reported_without_its_message(lines: io.StringIO, ticks: list[float]) -> None:
    _fail()
    _fail_elsewhere()
    said = lines.getvalue()
    assert TEXT not in said
    assert "ValueError" in said
    assert "in _fail" in said
    assert "in _fail_elsewhere" in said


def test_of_one_place_a_few_a_minute_are_logged_and_the_rest_counted(lines: io.StringIO, ticks: list[float]) -> None:
    for _ in range(1_000):
        _fail()
    assert lines.getvalue().count("request.failed") == log.MAX_TRACES
    ticks[0] += log.MINUTE_S
    _fail()
    last = lines.getvalue().strip().split("request.failed")[-1]
    assert lines.getvalue().count("request.failed") == log.MAX_TRACES + 1
    assert str(1_000 - log.MAX_TRACES) in last


def test_other_places_and_lines_without_an_exception_are_logged_all_the_same(
    lines: io.StringIO, ticks: list[float]
) -> None:
    for _ in range(20):
        _fail()
        _fail_elsewhere()
        structlog.get_logger("web").info("capture.stored", n=1)
    assert lines.getvalue().count("a library failed") == log.MAX_TRACES
    assert lines.getvalue().count("capture.stored") == 20
    _fail("other.failed")
    assert lines.getvalue().count("other.failed") == 1


def test_what_another_process_reports_is_counted_too(lines: io.StringIO, ticks: list[float]) -> None:
    for _ in range(20):
        structlog.get_logger("ledger").error("ledger.failed", reason="ValueError", trace="...")
    assert lines.getvalue().count("ledger.failed") == log.MAX_TRACES


def test_the_places_that_are_counted_are_bounded(ticks: list[float]) -> None:
    cap = log.TraceLimit()
    for n in range(3 * log.MAX_PLACES):
        record = logging.LogRecord("x", logging.ERROR, "f", 1, {"event": f"e{n}", "trace": ""}, None, None)
        assert cap.filter(record)
    assert len(cap._places) <= log.MAX_PLACES
