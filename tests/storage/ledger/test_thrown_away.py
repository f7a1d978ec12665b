"""A ledger that grew live equals one that is rebuilt in one go: after captures, outcomes, annotations, deletions,
clearing and retention in any order, with any steps, with changing parsers and bins that are parsed again, and after a
kill at any statement.
"""

import random
import shutil
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.captures import RawRequest, Reading
from app.domain.reader import ReaderSettings
from app.domain.roles import Role
from app.storage.ledger.building import build_step
from app.storage.ledger.steps import Recognise
from app.storage.log import jobs
from tests.storage.inside import BIN, Ledger
from tests.storage.scripted import read

from .histories import History
from .killing import kill


def reader_of(version: int) -> Recognise:
    """The provider setting matters, and each version has other results."""

    def recognise(raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
        reading = read(raw, role, provider, settings)
        return msgspec.structs.replace(
            reading, provider=provider or reading.provider, findings=(*reading.findings, f"found_{version}")
        )

    return recognise


class HardHistory(History):
    """With changes of the parsers and the settings, with rereads; and the process is killed at any statement."""

    def act(self, number: int, statements: int = 0) -> None:
        def go() -> None:
            self._act(number)

        if number in self._OF_THE_LEDGER and statements:
            kill(self.live, statements, go)
        else:
            go()

    # Actions that change nothing but the ledger.
    _OF_THE_LEDGER = frozenset({5, 6, 7, 8, 27, 28, 30})

    def _act(self, number: int) -> None:
        dice = self.dice
        match number:
            case 25 if dice.random() < 0.4:
                version = int(self.live.reader.version) + 1
                self.live.reader.version, self.live.reader.recognise = str(version), reader_of(version)
            case 26 if dice.random() < 0.4:
                self.inside.apply(jobs.RequestReread(BIN))
            case 27 | 28:
                self._build(dice.choice((1, 3, 500)))
            case 29:
                self.provider = dice.choice((None, "ytel", "plivo"))
                self.inside.apply(jobs.SetBin(BIN, "Bin", self.provider, None, dice.choice((0, 60, 300))))
            case 30:
                self.live.erase()
            case _:
                super().act(number)

    def _build(self, limit: int) -> None:
        ledger: Ledger = self.live
        if ledger._building() is not None:
            with ledger._write(None) as step:
                build_step(step, step._log, 1, lambda step, head, space, _: step.follow(head, space, limit))


def play(seed: int, actions: list[tuple[int, ...]], kind: type[History] = History) -> None:
    folder = Path(tempfile.mkdtemp(prefix="smsbin-history-"))
    try:
        history = kind(folder, seed)
        try:
            for action in actions:
                history.act(*action)
            history.check()
        finally:
            history.close()
    finally:
        shutil.rmtree(folder)


@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 24)), min_size=5, max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_grown_live_and_rebuilt_are_equal(seed: int, actions: list[tuple[int, ...]]) -> None:
    play(seed, actions)


@pytest.mark.parametrize("seed", range(12))
def test_long_histories_are_equal_too(seed: int) -> None:
    dice = random.Random(seed)
    play(seed, [(dice.randrange(25),) for _ in range(400)])


# An action, and the statement at which the process is killed; most actions have fewer than the highest.
HARD = st.tuples(st.integers(0, 30), st.integers(0, 40))


@given(st.integers(0, 2**32), st.lists(HARD, min_size=5, max_size=60))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_killed_at_any_statement_it_is_the_same(seed: int, actions: list[tuple[int, ...]]) -> None:
    play(seed, actions, HardHistory)


@pytest.mark.parametrize("seed", range(6))
def test_long_histories_with_kills_are_the_same_too(seed: int) -> None:
    dice = random.Random(seed)
    play(seed, [(dice.randrange(31), dice.choice((0, 0, dice.randint(1, 60)))) for _ in range(400)], HardHistory)


@pytest.mark.parametrize("seed", range(6))
def test_with_small_limits_it_is_the_same_too(seed: int, monkeypatch) -> None:
    """Of messages that are folded again at once, and of events that change a message."""
    monkeypatch.setattr("app.storage.ledger.refolding.MAX_MESSAGES", 4)
    for module in ("folding", "refolding"):
        monkeypatch.setattr(f"app.storage.ledger.{module}.MAX_EVENTS", 5)
    dice = random.Random(seed)
    play(seed, [(dice.randrange(31), dice.choice((0, 0, dice.randint(1, 60)))) for _ in range(400)], HardHistory)
