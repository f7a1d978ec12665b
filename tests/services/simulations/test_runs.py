"""Running simulations: their marks, how many at once, and which are kept."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain.simulations import RunState, SimulationSpec, Targets, Traffic
from app.errors import Conflict, NotFound
from app.services.simulations import runs
from app.services.simulations.runs import MOST_AT_ONCE, MOST_RUNS, Simulating

SPEC = SimulationSpec(provider="ytel", what=Traffic.INBOUND)


class Player:
    """Plays until it is stopped, or fails."""

    fails = False

    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def run(self, _: object) -> None:
        if self.fails:
            raise RuntimeError("broken")
        await asyncio.Event().wait()


@pytest.fixture
async def simulating(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulating]:
    monkeypatch.setattr(runs, "Player", Player)
    made = Simulating()
    yield made
    await made.close()


async def test_a_run_has_a_mark_of_its_own_by_which_its_captures_are_known(simulating: Simulating) -> None:
    assert not simulating.has_marks
    one, other = simulating.begin("b", SPEC, Targets()), simulating.announce("b", SPEC)
    assert one.mark != other.mark
    assert simulating.is_marked(one.mark.encode())
    assert simulating.is_marked(other.mark.encode())
    assert not simulating.is_marked(b"guess")


async def test_so_many_run_at_once_and_one_that_is_stopped_makes_room(simulating: Simulating) -> None:
    first, *_ = [simulating.begin("b", SPEC, Targets()) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(Conflict, match=f"{MOST_AT_ONCE} simulations"):
        simulating.begin("b", SPEC, Targets())
    assert first.is_running
    await simulating.stop(first)
    assert first.progress.state is RunState.STOPPED
    assert simulating.begin("b", SPEC, Targets()).is_running


async def test_a_run_of_another_process_is_done_here_and_not_listed(simulating: Simulating) -> None:
    own, announced = simulating.begin("b", SPEC, Targets()), simulating.announce("b", SPEC)
    assert (announced.progress.state, announced.ended_at) == (RunState.DONE, announced.started_at)
    assert simulating.of_bin("b") == [own]
    assert simulating.of_bin("other") == []
    assert simulating.find("b", announced.id) is announced
    with pytest.raises(NotFound):
        simulating.find("other", announced.id)


async def test_the_last_runs_are_kept_and_the_mark_of_an_older_one_is_forgotten(simulating: Simulating) -> None:
    first, *_ = [simulating.announce("b", SPEC) for _ in range(MOST_RUNS)]
    assert simulating.find("b", first.id) is first
    simulating.announce("b", SPEC)
    assert not simulating.is_marked(first.mark.encode())
    with pytest.raises(NotFound):
        simulating.find("b", first.id)


async def test_a_run_that_fails_says_so(simulating: Simulating, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Player, "fails", True)
    run = simulating.begin("b", SPEC, Targets())
    assert run.task is not None
    await run.task
    assert (run.progress.state, run.is_running) == (RunState.FAILED, False)
    assert run.progress.problem
    assert run.ended_at is not None
