"""A session of `smsbin listen`, with a server that speaks the protocol."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app import clock
from app.commands.listen.memory import DeliveredCaptures
from app.commands.listen.output import Output, report
from app.commands.listen.session import ListenSession

from .fake import FakeServer, Pauses, address_of, plan_of, target_of

Listen = Callable[..., ListenSession]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause before a new connection is random from 0 on; here it is 0."""
    monkeypatch.setattr(clock, "dice", lambda: 0.0)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def listen(tmp_path: Path, pauses: Pauses, at_once: None) -> Listen:
    """Makes a session for a server and the URL of a program; `target` and `plan` have more settings."""

    def make(fake: FakeServer, url: str, *, start: int | None = None, target: dict = {}, **plan) -> ListenSession:  # noqa: B006
        delivered = DeliveredCaptures(tmp_path / "state" / "laptop", report)
        goal = target_of(url, **target)
        return ListenSession(plan_of(**plan), address_of(fake, start), goal, delivered, Output(is_json=True), pauses)

    return make
