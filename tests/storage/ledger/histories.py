"""Random histories of bins, step by step, with a ledger that follows them; in the end it must be the same as one that
is made in one go.
"""

import random
from datetime import timedelta
from pathlib import Path

from app import clock
from app.domain.captures import Outcome
from app.domain.events import Event, Piece
from app.domain.roles import Kind, Role
from app.domain.statuses import Status, Word
from app.storage.log import jobs
from tests.storage.builders import reading_of, scripted
from tests.storage.engines import Engine
from tests.storage.inside import BIN, Inside
from tests.storage.scripted import MADE

from .scanning import scanned

US, THEM, OTHER = "+14155550100", "+14155550123", "+14155550199"
START = clock.now() - timedelta(hours=2)
OUTCOMES = (
    Outcome(status=200, after_ms=2),
    Outcome(status=500, after_ms=3),
    Outcome(sender_left=True, left_ms=15_000),
    Outcome(status=200, after_ms=9_000),
    Outcome(status=200, after_ms=1, well_formed=False),
)


def inbound(message_id: str, text: str, **more: object) -> Event:
    values = {"sender": THEM, "recipient": US, "status": Status.RECEIVED, "final": True}
    return Event(kind=Kind.INBOUND, message_id=message_id, text=text, **values | more)


def random_events(dice: random.Random) -> tuple[Role, tuple[Event, ...]]:
    """One request with few distinct values, so that requests affect each other."""
    number = dice.randrange(12)
    name = f"in-{dice.randrange(5)}"
    role = dice.choice((Role.PRIMARY, Role.PRIMARY, Role.FALLBACK))
    if number < 3:
        return role, (
            inbound(
                name,
                dice.choice(("one", "two")),
                sender=dice.choice((THEM, THEM, OTHER)),
                as_callback=dice.choice((None, Word(Status.SENT, True))),
            ),
        )
    if number < 5:
        return role, tuple(inbound(MADE, dice.choice(("one", "two"))) for _ in range(dice.choice((1, 1, 2))))
    if number < 7:
        piece = Piece("7", dice.randint(1, 2), 2)
        return role, (inbound(f"piece-{dice.randrange(12)}", dice.choice(("a", "b")), piece=piece),)
    if number == 7:
        return role, tuple(inbound(f"in-{dice.randrange(5)}", dice.choice(("one", "three"))) for _ in range(3))
    if number == 8:
        call = Event(kind=Kind.VOICE, message_id=f"CA{dice.randrange(3)}", sender=THEM, recipient=US)
        return dice.choice((Role.VOICE, Role.VOICE_FALLBACK, Role.STATUS)), (call,)
    status = dice.choice((Status.QUEUED, Status.SENT, Status.DELIVERED, Status.FAILED))
    final = status in (Status.DELIVERED, Status.FAILED)
    event = Event(
        kind=Kind.STATUS, message_id=name if dice.random() < 0.15 else f"out-{dice.randrange(4)}", sender=US,
        recipient=dice.choice((THEM, THEM, OTHER)), status=status, raw_status=status.value, final=final,
        text=dice.choice((None, "hello")),
    )  # fmt: skip
    return Role.STATUS, (event,)


class History:
    """A random history of bins, step by step, with a ledger that follows them."""

    bins: tuple[str, ...] = (BIN,)

    def __init__(self, folder: Path, seed: int, engine: Engine | None = None) -> None:
        self.dice = random.Random(seed)
        self.inside = Inside(folder, engine)
        for bin in self.bins[1:]:
            self.inside.add_bin(bin)
        self.live = self.inside.ledger("live.db")
        self.at = START
        self.bin = BIN
        self._numbers: dict[str, list[int]] = {bin: [] for bin in self.bins}
        self.provider: str | None = None

    @property
    def numbers(self) -> list[int]:
        """The captures that the bin of this action has."""
        return self._numbers[self.bin]

    def act(self, number: int) -> None:
        dice = self.dice
        self.bin = dice.choice(self.bins)
        match number:
            case 0 | 1 | 2 | 3 if self.numbers:
                self._delete(number)
            case 4 if dice.random() < 0.2:
                self.inside.sweep(self.at, dice.randrange(5, 200))
            case 5 | 6:
                self.follow(dice.choice((1, 2, 5, 500)))
            case 7:
                self.step()
            case 8:
                self.index(dice.randrange(1, 9))
            case 9 if self.numbers:
                self.inside.settle(dice.choice(self.numbers), dice.choice(OUTCOMES), self.bin)
            case 10 if dice.random() < 0.2:
                self.mark(dice.randrange(600))
            case 11 | 12 if self.numbers:
                self._annotate(dice)
            case _:
                self.keep()

    def follow(self, limit: int) -> None:
        self.live.follow(limit)

    def step(self) -> None:
        self.live.step(limit=1)

    def index(self, limit: int) -> None:
        self.live.index(limit)

    def mark(self, after_s: int) -> None:
        """Set the marks that are due so much later."""
        self.live.mark(self.at + timedelta(seconds=after_s))

    def keep(self) -> None:
        """Store a request, and mostly its outcome."""
        dice = self.dice
        self.at += timedelta(seconds=dice.choice((0, 0.1, 1, 5, 20, 45)))
        role, events = random_events(dice)
        # The clocks of servers differ.
        at = self.at - timedelta(seconds=dice.choice((0, 0, 0, 3, 70)))
        salt = dice.choice(("", "", str(dice.random())))
        reading = reading_of(*events, findings=dice.choice(((), ("plus_lost",))))
        raw = scripted(reading, received_at=at, salt=salt, method=dice.choice(("POST", "GET")))
        n = self.inside.keep(raw, role, provider=self.provider, bin=self.bin)
        self.numbers.append(n)
        if dice.random() < 0.7:
            self.inside.settle(n, dice.choice(OUTCOMES), self.bin)

    def _delete(self, number: int) -> None:
        dice, numbers = self.dice, self.numbers
        if number < 2:
            self.inside.drop(numbers.pop(dice.randrange(len(numbers))), self.bin)
        elif number == 2:
            gone = dice.sample(numbers, min(len(numbers), dice.choice((1, 2))))
            self.inside.apply(jobs.DropSome(self.bin, gone))
            numbers[:] = [n for n in numbers if n not in gone]
        elif dice.random() < 0.1:
            upto = dice.choice((None, *numbers))
            self.inside.apply(jobs.DropCaptures(self.bin, upto))
            numbers[:] = [n for n in numbers if upto is not None and n > upto]

    def _annotate(self, dice: random.Random) -> None:
        numbers = dice.sample(self.numbers, min(len(self.numbers), dice.choice((1, 1, 3))))
        change = dice.choice((
            {"pinned": True}, {"pinned": False}, {"note": dice.choice(("", "called back", "again"))},
            {"add": ("late",)}, {"remove": ("late",)}, {"pinned": False, "note": "", "tags": ()},
        ))  # fmt: skip
        self.inside.annotate(*numbers, bin=self.bin, **change)

    def check(self) -> None:
        """A rebuilt ledger is the same, also after the marks of both were set."""
        self.catch_up()
        again = self.inside.ledger("again.db", self.live.reader.recognise, self.live.reader.version)
        again.follow()
        now = self.at + timedelta(days=1)
        for ledger in (self.live, again):
            ledger.mark(now)
        for number, _ in enumerate(self.bins, start=1):
            there, here = self.live.everything(number), again.everything(number)
            assert there["counted"] == scanned(self.live, number)
            for name in here:
                assert there[name] == here[name], name
            assert there == here
        again.close()

    def catch_up(self) -> None:
        """Process everything."""
        more = True
        while more:
            # In the first pass a deletion may request a rebuild, which begins in the second.
            self.live.follow()
            self.live.follow()
            more = self.live._building() is not None
            self.live.build(7)

    def close(self) -> None:
        self.live.close()
        self.inside.close()
