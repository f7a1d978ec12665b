"""How many simulations run, and how much of one is under way, remembered and looked at."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.simulations import FAILED_SHARE, MOST_RESULTS, TENTH, SimulationSpec, Targets, Traffic, Trouble
from app.egress import TargetResponse
from app.errors import Conflict, NotFound
from app.services.simulations import player as playing
from app.services.simulations import script as scripting
from app.services.simulations.player import MOST_UNDER_WAY, Player
from app.services.simulations.runs import MOST_AT_ONCE, MOST_RUNS, Simulating
from app.services.simulations.script import MOST_LOOKED_AT, PlannedMessage, opening, script
from app.web.simulations.page import SHOWN, view_of

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TARGETS = Targets(primary="http://127.0.0.1:9/sms")


def _spec(count: int = 1, **more: object) -> SimulationSpec:
    values: dict[str, Any] = {"provider": "ytel", "what": Traffic.INBOUND, "count": count, "rate": 500.0} | more
    return SimulationSpec(**values)


def _messages(count: int, *, with_request: Callable[[int], bool] = lambda _: True) -> Iterator[PlannedMessage]:
    request = next(script(_spec(), AT)).requests[0]
    for n in range(count):
        yield PlannedMessage(message_id=f"m{n}", starts_s=0.0, requests=(request,) if with_request(n) else ())


class Sender:
    """Answers when the test says so."""

    def __init__(self, *, is_open: bool) -> None:
        self.go_on = asyncio.Event()
        self.sent = 0
        if is_open:
            self.go_on.set()

    async def send(self, *_: object, **__: object) -> TargetResponse:
        self.sent += 1
        await self.go_on.wait()
        return TargetResponse(status=200, ms=1)


async def _quiet() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_messages_are_under_way_at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "script", lambda *_: _messages(MOST_UNDER_WAY + 1))
    sender = Sender(is_open=False)
    player = Player(sender, _spec(MOST_UNDER_WAY + 1), TARGETS)  # type: ignore[arg-type]
    run = asyncio.ensure_future(player.run(AT))
    while sender.sent < MOST_UNDER_WAY:
        await asyncio.sleep(0.001)
    await _quiet()
    assert sender.sent == MOST_UNDER_WAY
    sender.go_on.set()
    await run
    assert (sender.sent, player.progress.taken) == (MOST_UNDER_WAY + 1, MOST_UNDER_WAY + 1)


async def test_a_run_remembers_its_last_attempts_and_the_page_shows_the_last_of_them(monkeypatch) -> None:
    monkeypatch.setattr(playing, "script", lambda *_: _messages(MOST_RESULTS + 1))
    player = Player(Sender(is_open=True), _spec(MOST_RESULTS + 1), TARGETS)  # type: ignore[arg-type]
    await player.run(AT)
    assert (len(player.progress.results), player.progress.requests) == (MOST_RESULTS, MOST_RESULTS + 1)
    run: Any = SimpleNamespace(spec=_spec(), progress=player.progress)
    bin: Any = None
    assert len(view_of(bin, run, after=0).shown) == SHOWN
    assert len(view_of(bin, run, after=MOST_RESULTS + 1 - SHOWN + 1).shown) == SHOWN - 1


async def test_so_many_simulations_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Simulating, "_play", never)
    simulating = Simulating()
    runs = [simulating.begin("b", _spec(), TARGETS) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(Conflict, match="4 simulations are running"):
        simulating.begin("b", _spec(), TARGETS)
    await simulating.stop(runs[0])
    assert simulating.begin("b", _spec(), TARGETS).is_running
    await simulating.close()


def test_so_many_simulations_are_remembered_with_their_marks() -> None:
    simulating = Simulating()
    first, second, *_ = [simulating.announce("b", _spec()) for _ in range(MOST_RUNS)]
    assert simulating.find("b", first.id) is first
    assert simulating.is_marked(first.mark.encode())
    simulating.announce("b", _spec())
    with pytest.raises(NotFound, match="the last 100"):
        simulating.find("b", first.id)
    assert not simulating.is_marked(first.mark.encode())
    assert simulating.is_marked(second.mark.encode())


@pytest.mark.parametrize(("place", "is_found"), [(MOST_LOOKED_AT, True), (MOST_LOOKED_AT + 1, False)])
def test_so_many_messages_are_looked_at_for_the_first_request(monkeypatch, place: int, is_found: bool) -> None:
    monkeypatch.setattr(scripting, "script", lambda *_: _messages(100, with_request=lambda n: n == place - 1))
    assert (opening(_spec(), AT) is not None) == is_found


def test_the_shares_of_troubles_and_failures_are_what_they_are_called() -> None:
    """Within a fifth, over thousands of messages that are the same in each run."""
    messages = list(script(_spec(2_000, what=Traffic.OUTBOUND, trouble=frozenset({Trouble.LOSE})), AT))
    kept, lost = sum(len(message.requests) for message in messages), sum(len(message.dropped) for message in messages)
    assert lost / (kept + lost) == pytest.approx(TENTH, rel=0.2)
    doubled = list(script(_spec(4_000, trouble=frozenset({Trouble.DUPLICATE})), AT))
    assert sum(len(message.requests) - 1 for message in doubled) / len(doubled) == pytest.approx(TENTH, rel=0.2)
    messages = list(script(_spec(6_000, provider="twilio", what=Traffic.OUTBOUND), AT))
    failed = sum(message.requests[-1].spec.error_code is not None for message in messages)
    assert failed / len(messages) == pytest.approx(FAILED_SHARE, rel=0.2)
