"""Checks after each test of incoming requests."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from app.ingress import server as serving_module
from app.ingress.serving import Serving


@pytest.fixture(autouse=True)
def shared(monkeypatch) -> Iterator[list[Serving]]:
    """What the connections of each server share. All reserved memory is released in the end."""
    made: list[Serving] = []

    def make(*arguments: object) -> Serving:
        made.append(Serving(*arguments))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(serving_module, "Serving", make)
    yield made
    assert [(each.capture_memory.used, each.other_memory.used) for each in made] == [(0, 0)] * len(made)


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # It is silenced in the server (`set_up_log`), because it logs each invalid body.
        if record.name != "aiohttp.server":
            self.found.append(record.getMessage())


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Input of a sender never causes an error in our log or in that of a library."""
    handler = _Errors()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with structlog.testing.capture_logs() as events:
            yield
    finally:
        root.removeHandler(handler)
    assert handler.found == []
    assert [event for event in events if event["log_level"] in ("warning", "error", "critical")] == []
