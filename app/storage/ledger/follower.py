"""The follower: reads the log from its positions and keeps the ledger up to date. Runs in the ledger process.

One transaction covers what is new in several bins, and their positions, so that after a crash a few captures are
processed again and nothing is counted twice. Commits are not synced: what a power cut removes is derived again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from ...clock import now, ticks
from ...domain.units import micros
from ...traces import name_of, trace_of
from ..ids import MASK
from ..log.results import LogPosition
from ..process import Pipe
from ..transaction import DamagedFile, Database, DatabaseError, Transaction
from .building import build_step
from .due_marks import due_spaces, mark_due
from .erasing import erase_step
from .feed import MAX_CAPTURES, LogHead, is_up_to_date, next_capture, read_log_heads
from .files import LedgerFile
from .pacing import Pacing
from .protocol import (
    Epoch,
    FromServer,
    LedgerDamaged,
    LedgerProgress,
    LogEvent,
    LogGrew,
    LookAt,
    NeedEpoch,
    ReadingBegins,
    ReadingCutOff,
    decode_from_server,
    encode,
)
from .search import SearchIndex, index_step
from .spaces import Space, find_space
from .steps import CaptureReader, LedgerStep

# The interval of time-based marks, and of the frame that shows that the process works.
CLOCK_S = 1.0
# Under a constant load, the search index, rebuilds and erasing get a step at this interval.
TURN_S = 0.25
# Captures that are indexed in one step.
INDEXED = 250
# Captures that are parsed one by one after one that raised, because such captures come in groups.
AFTER = 16
# How often the same step of a bin may fail before its capture is read without its events: once may be by chance, and
# what has nothing to do with the capture would not happen again when the ledger is rebuilt. Then, how often before the
# space is rebuilt.
MAX_RAISES = 2
MAX_FAILURES = 3
# Bins that are claimed at once if several followers share the ledger, and the pause when another has claimed them all.
MAX_BINS = 64
CLAIM_RETRY_S = 0.02
# Deleted texts are erased from the write-ahead log when there is nothing else to do, and after this time in any case.
ERASED_WITHIN_S = 10.0


class Follower:
    """Follows one ledger file. `careful`: bins whose captures are parsed one by one, and for how many captures."""

    def __init__(
        self, pipe: Pipe, log: Database, file: LedgerFile, reader: CaptureReader, one_by_one: dict[int, int]
    ) -> None:
        self._pipe = pipe
        self._log_database = log
        self._file = file
        self._reader = reader
        self._one_by_one = one_by_one
        # Captures on which parsing or folding raises, by their ids in the log.
        self._broken: set[int] = set()
        self._behind: dict[int, None] = {}
        # By bin and capture, since the bin was up to date.
        self._failures: dict[int, Counter[int | None]] = {}
        # What another follower had done with bins that it has claimed.
        self._looked_at: dict[int, LogPosition] = {}
        self._epochs: list[int] = []
        # Bins that need an epoch.
        self._awaiting_epoch: set[int] = set()
        # Nothing is left for the background steps.
        self._is_idle = False
        self._clock_at = self._turn_at = self._retry_at = 0.0
        # When deleted texts began to be in the files; None: there are none.
        self._erased_at: float | None = None
        self._pacing = Pacing()

    def run(self) -> None:
        """Run until the server closes the pipe. Raises DatabaseError."""
        self._find_behind()
        while True:
            data = self._pipe.receive(self._pause_s())
            while data is not None:
                self._handle(decode_from_server(data))
                data = self._pipe.receive(0.0)
            if not self._pipe.is_open:
                return
            self._work()

    def _find_behind(self) -> None:
        """Find the bins that are behind the log, and the bins of the ledger that the log no longer has."""
        with self._write() as (step, log):
            known = [int(row["number"]) for row in step.transaction.all("ledger_bins")]
            heads = {head.number: head for head in read_log_heads(log)}
            for number in self._file.claim(step.transaction, [each for each in known if each not in heads]):
                step.forget_bin(number)
            self._behind = {number: None for number, head in heads.items() if not step.is_followed(head)}
            positions = [step.position_of(head) for head in heads.values() if not head.deleted]
        self._send(LedgerProgress(positions, []))

    def _handle(self, frame: FromServer) -> None:
        if isinstance(frame, LedgerDamaged):
            raise DamagedFile(frame.reason)
        if isinstance(frame, Epoch):
            self._epochs.append(frame.number)
            self._behind.update(dict.fromkeys(self._awaiting_epoch))
            self._awaiting_epoch.clear()
            self._is_idle = False
        elif isinstance(frame, LogGrew):
            self._pacing.log_grew(ticks(), urgent=frame.urgent)
            self._behind.update(dict.fromkeys(position.bin for position in frame.positions))
        elif isinstance(frame, LookAt):
            self._pacing.log_grew(ticks(), urgent=False)
            self._behind.update(dict.fromkeys(frame.bins))

    def _pause_s(self) -> float:
        """Seconds until something has to be done."""
        moment = ticks()
        ready_at = max(self._pacing.ready_at(), self._retry_at)
        next_at = ready_at if self._behind else self._clock_at if self._is_idle else moment
        return max(0.0, min(next_at, self._clock_at) - moment)

    def _work(self) -> None:
        moment = ticks()
        if self._behind and moment >= max(self._pacing.ready_at(), self._retry_at):
            self._follow()
            self._is_idle = False
        if not self._is_idle and (not self._behind or moment >= self._turn_at):
            self._turn_at = moment + TURN_S
            self._is_idle = not any([self._build(), self._index(), self._erase()])
        if moment >= self._clock_at:
            self._clock_at = moment + (0.0 if self._mark() else CLOCK_S)
        self._file.checkpoints.checkpoint_if_due()
        if self._erased_at is not None and (self._is_idle or moment - self._erased_at > ERASED_WITHIN_S):
            self._erased_at = None if self._file.checkpoints.truncate() else self._erased_at

    # What is new

    def _follow(self) -> None:
        numbers = list(self._behind)
        if self._one_by_one:
            numbers = [next((number for number in numbers if number in self._one_by_one), numbers[0])]
        try:
            self._follow_bins(numbers)
        except DatabaseError:
            raise
        except Exception as error:
            self._failed(numbers, error, building=False)

    def _follow_bins(self, numbers: list[int]) -> None:
        positions: list[LogPosition] = []
        changed: list[str] = []
        done = []
        left = MAX_CAPTURES
        self._pacing.begins(ticks())
        with self._write() as (step, log):
            claimed = self._file.claim(step.transaction, numbers[:MAX_BINS] if self._file.is_shared else numbers)
            self._send(ReadingBegins([(number, -1) for number in claimed], alone=False))
            for number in claimed:
                head, space = self._find(step, log, number, changed)
                if head is None or space is None:
                    # No read waits for a bin that is deleted.
                    positions.append(LogPosition(number, MASK, MASK, MASK, MASK, MASK))
                    done.append(number)
                    continue
                space, count = self._step(step, head, space, left)
                self._keep_current(step, head, space)
                left -= count
                positions.append(LogPosition(number, space.n, space.k, space.d, head.version, space.a))
                changed.append(head.id)
                if is_up_to_date(head, space):
                    done.append(number)
                if left <= 0:
                    break
            if self._file.is_shared:
                self._look_at(step, log, set(numbers[:MAX_BINS]).difference(claimed), positions, changed)
        # Without a pause, a bin that another follower has claimed would be tried again and again.
        self._retry_at = 0.0 if claimed else ticks() + CLAIM_RETRY_S
        for position in positions:
            # Moved to the end, so that a bin that is far behind does not block the others.
            self._behind[position.bin] = self._behind.pop(position.bin)
        for number in done:
            self._looked_at.pop(number, None)
            self._behind.pop(number, None)
            self._failures.pop(number, None)
        self._pacing.stepped(ticks(), MAX_CAPTURES - left, is_done=not self._behind)
        self._send(LedgerProgress(positions, changed))

    def _look_at(
        self,
        step: LedgerStep,
        log: Transaction,
        numbers: Iterable[int],
        positions: list[LogPosition],
        changed: list[str],
    ) -> None:
        """Report what another follower has done with bins that it has claimed. They stay behind, because it may end."""
        for head in read_log_heads(log, sorted(numbers)):
            position = step.position_of(head)
            positions.append(position)
            if self._looked_at.get(head.number) != position:
                changed.append(head.id)
            self._looked_at[head.number] = position

    def _step(self, step: LedgerStep, head: LogHead, space: Space, limit: int) -> tuple[Space, int]:
        """A step of a bin; of one capture only if a capture of the bin has stopped the process or raised."""
        if head.number not in self._one_by_one:
            return step.follow(head, space, limit)
        place = (head.number, step.next_number(head, space))
        step.on_parsing = lambda begins: self._send(ReadingBegins([place], alone=True, waits=not begins))
        step.on_parsing(False)
        space, count = step.follow(head, space, 1)
        self._one_by_one[head.number] -= max(1, count)
        if self._one_by_one[head.number] <= 0:
            del self._one_by_one[head.number]
        return space, count

    def _find(
        self, step: LedgerStep, log: Transaction, number: int, changed: list[str]
    ) -> tuple[LogHead | None, Space | None]:
        """A bin in the log and its space in the ledger. The id of a deleted bin is added to `changed`."""
        heads = read_log_heads(log, [number])
        if not heads:
            changed += filter(None, [step.forget_bin(number)])
            return None, None
        (head,) = heads
        space = step.current_space(head)
        if space is None:
            changed.append(head.id)
        return head, space

    def _keep_current(self, step: LedgerStep, head: LogHead, space: Space) -> None:
        """Begin a rebuild if the space is outdated; deletions may have caused that."""
        if step.is_outdated(head, space) and step.building_space(head) is None:
            self._with_epoch(head.number, lambda epoch: step.begin_building(head, epoch))

    def _failed(self, numbers: list[int], error: Exception, *, building: bool) -> None:
        """Handle a bug: find the capture that raises, and continue without its events."""
        self._send(LogEvent("ledger.failed", name_of(error), trace_of(error)))
        if len(numbers) > 1 or numbers[0] not in self._one_by_one:
            self._one_by_one.update(dict.fromkeys(numbers, MAX_CAPTURES))
            return
        (number,) = numbers
        with self._write() as (step, log):
            # None of it if another follower is about to meet the same capture.
            claimed = self._file.claim(step.transaction, [number])
            head, space = self._find(step, log, number, []) if claimed else (None, None)
            if head is None or space is None:
                return
            space = (step.building_space(head) or space) if building else space
            capture = next_capture(log, head, space)
            failures = self._failures.setdefault(number, Counter())
            failures[capture] += 1
            if capture is not None and failures[capture] == MAX_RAISES:
                self._broken.add(capture)
                # The capture is found, so only a few of the next ones are parsed one by one.
                self._one_by_one[number] = min(self._one_by_one.get(number, AFTER), AFTER)
            elif failures[capture] > MAX_FAILURES:
                self._with_epoch(number, lambda epoch: step.start_over(head, space, epoch))

    # What can wait

    def _with_epoch(self, bin: int, call: Callable[[int], None]) -> None:
        """Call with an unused epoch; if there is none, request one and examine the bin again when it comes."""
        if self._epochs:
            call(self._epochs.pop())
            self._is_idle = False
            return
        if not self._awaiting_epoch:
            self._send(NeedEpoch())
        self._awaiting_epoch.add(bin)

    def _build(self) -> bool:
        """A step of the first space that is being built; returns whether there is one."""
        with self._file.database.read() as transaction:
            numbers = [int(row["bin"]) for row in transaction.all("building_spaces")]
        if not numbers:
            return False
        number = numbers[0]
        try:
            with self._write() as (step, log):
                claimed = self._file.claim(step.transaction, numbers[:MAX_BINS])
                if not claimed:
                    return False
                number = claimed[0]
                self._send(ReadingBegins([(number, -1)], alone=False))
                changed = build_step(step, log, number, self._step)
        except DatabaseError:
            raise
        except Exception as error:
            self._failed([number], error, building=True)
            return True
        if changed is None:
            self._behind[number] = None
        self._send(LedgerProgress([], [changed] if changed else []))
        return True

    def _index(self) -> bool:
        with self._file.database.write() as transaction:
            return index_step(transaction, INDEXED, self._file.claim)

    def _erase(self) -> bool:
        with self._file.database.write() as transaction:
            more = erase_step(transaction, SearchIndex(transaction), self._file.claim)
        if more:
            self._note_erased()
        return more or (not self._behind and self._file.merge())

    def _mark(self) -> bool:
        """Set some of the due marks and report progress; returns whether more may be due."""
        with self._write() as (step, log):
            transaction = step.transaction
            behind = [row["number"] for row in transaction.all("building_spaces")]
            behind += [space for number in self._behind if (space := _space_of(transaction, number)) is not None]
            among = None
            if self._file.is_shared:
                among = self._claim_spaces(step, log, due_spaces(transaction, micros(now()), behind))
            spaces = mark_due(transaction, micros(now()), behind, among)
            rows = [transaction.one("ledger_bin", {"number": space.bin}) for space in spaces]
            building = [tuple(row) for row in transaction.all("building_progress")]
            # Another follower may have ended, and left something to do.
            self._is_idle = self._is_idle and not self._file.is_shared
        self._send(LedgerProgress([], [row["id"] for row in rows if row is not None], building))
        return len(spaces) > 0

    def _claim_spaces(self, step: LedgerStep, log: Transaction, spaces: Sequence[Space]) -> set[int]:
        """Claim the bins of these spaces; returns the spaces that have all that is in the log."""
        by_bin = {space.bin: space.number for space in spaces}
        current = set()
        for head in read_log_heads(log, self._file.claim(step.transaction, sorted(by_bin))):
            space = find_space(step.transaction, by_bin[head.number])
            if space is not None and is_up_to_date(head, space):
                current.add(space.number)
            else:
                self._behind[head.number] = None
        return current

    # Both databases, and the server

    @contextmanager
    def _write(self) -> Iterator[tuple[LedgerStep, Transaction]]:
        """A transaction on the ledger, and a snapshot of the log."""
        with self._file.database.write() as transaction, self._log_database.read() as log:
            step = LedgerStep(transaction, log, self._reader, micros(now()), self._broken)
            yield step, log
        for bin, n in step.cut_off:
            self._send(ReadingCutOff(bin, n))
        if step.search.has_erased:
            self._note_erased()

    def _note_erased(self) -> None:
        self._file.begin_merge()
        if self._erased_at is None:
            self._erased_at = ticks()

    def _send(self, frame: object) -> None:
        self._pipe.send(encode(frame))


def _space_of(transaction: Transaction, bin: int) -> int | None:
    row = transaction.one("ledger_bin", {"number": bin})
    return None if row is None else int(row["space"])
