"""What the follower does with one bin in one transaction: settings, deletions, captures, outcomes, annotations, in
this order."""

from collections.abc import Callable, Collection, Mapping, Sequence

from ...clock import ticks
from ...domain.captures import Outcome, RawRequest, Reading
from ...domain.reader import ReaderSettings
from ...domain.roles import Kind, Role
from ..ids import number_of, owner_of
from ..log.results import LogPosition
from ..rows import read_raw
from ..transaction import CannotWrite, SqlRow, Transaction
from .annotating import copy_annotations
from .changes import ChangeKind, Changes
from .deleting import erase, note_newest, numbers_up_to
from .due_marks import unmark_stuck
from .feed import (
    LogChunk,
    LogHead,
    is_up_to_date,
    next_capture,
    read_chunk,
    read_deletions,
    read_reader_settings,
)
from .folding import Fold
from .read_timer import CUT_OFF, TakesTooLong
from .search import SearchIndex
from .spaces import Space, SpaceState, add_space, find_space, first_seq_of, save_space

# A step parses no longer than this, so that other bins do not wait and the server sees that the process works.
PARSING_S = 0.5

SKIPPED = "Parsing this request stopped smsbin twice, so it is not parsed. The bytes are kept."
SLOW = "Parsing this request took longer than a second, so it is not parsed. The bytes are kept."
BROKEN = "smsbin could not parse this request because of an error in smsbin. The bytes are kept."
_KINDS = {Role.STATUS: Kind.STATUS, Role.VOICE: Kind.VOICE, Role.VOICE_FALLBACK: Kind.VOICE}

Recognise = Callable[[RawRequest, Role, str | None, ReaderSettings], Reading]


class CaptureReader:
    """How captures are parsed: `recognise(raw, role, provider, settings)`. `version` changes whenever the result could
    change; `secrets_version` does so for bins with secrets, whose results also depend on settings of the server."""

    def __init__(self, recognise: Recognise, version: str, secrets_version: str | None = None) -> None:
        self.recognise = recognise
        self.version = version
        self.secrets_version = version if secrets_version is None else secrets_version


class LedgerStep:
    """One transaction on the ledger, with one snapshot of the log. `broken`: captures, by their ids in the log, on
    which parsing or folding raises."""

    def __init__(
        self, transaction: Transaction, log: Transaction, reader: CaptureReader, now: int, broken: Collection[int] = ()
    ) -> None:
        self.transaction = transaction
        self.search = SearchIndex(transaction)
        self._log = log
        self._reader = reader
        self._now = now
        self._broken = broken
        self.on_parsing: Callable[[bool], None] = lambda _: None
        """Called before captures are parsed, with True, and after that."""
        self.cut_off: list[tuple[int, int]] = []
        """Captures whose parsing took too long, as bin and number."""

    def current_space(self, head: LogHead) -> Space | None:
        """The space that readers of a bin see, after its settings were applied; None if the bin is deleted."""
        row = self.transaction.one("ledger_bin", {"number": head.number})
        if head.deleted:
            if row is not None:
                self._drop_bin(head.number, row["space"])
            return None
        if row is None:
            meta = self.transaction.one("ledger_meta")
            if meta is None:
                raise CannotWrite("another server is rebuilding the ledger")
            begun = self._add_space(head, SpaceState.CURRENT, meta["epoch"])
            self._write_bin(head, begun)
            return begun
        space = find_space(self.transaction, row["space"])
        assert space is not None, "a bin has a space"
        if head.version != row["version"]:
            self._write_bin(head, space)
            # Viewers see the settings of the bin too.
            space.next_seq()
            if head.stuck_s != row["stuck_s"]:
                unmark_stuck(self.transaction, space, head.stuck_s, self._now)
            save_space(self.transaction, space)
        return space

    def building_space(self, head: LogHead) -> Space | None:
        """The space that is being built for a bin, or None."""
        row = self.transaction.one("building_space", {"bin": head.number})
        return None if row is None else find_space(self.transaction, row["number"])

    def is_followed(self, head: LogHead) -> bool:
        """Whether nothing has to be done for a bin."""
        row = self.transaction.one("ledger_bin", {"number": head.number})
        if head.deleted or row is None:
            return head.deleted and row is None
        space = find_space(self.transaction, row["space"])
        assert space is not None, "a bin has a space"
        is_current = head.version == row["version"] and not self.is_outdated(head, space)
        return is_current and is_up_to_date(head, space)

    def position_of(self, head: LogHead) -> LogPosition:
        """The position of a bin in the ledger."""
        row = self.transaction.one("ledger_bin", {"number": head.number})
        space = None if row is None else find_space(self.transaction, row["space"])
        if row is None or space is None:
            return LogPosition(head.number, 0, 0, 0, -1)
        return LogPosition(head.number, space.n, space.k, space.d, row["version"], space.a)

    def next_number(self, head: LogHead, space: Space) -> int:
        """The number of the next capture to parse; 0 if there is none."""
        found = next_capture(self._log, head, space)
        return 0 if found is None else number_of(found)

    def is_outdated(self, head: LogHead, space: Space) -> bool:
        """Whether the bin must be parsed again: the parsers have changed, or it was requested."""
        return space.rereads != head.rereads or space.reader != self._version_for(head)

    def begin_building(self, head: LogHead, epoch: int) -> None:
        """Create an empty space next to the current one."""
        self._add_space(head, SpaceState.BUILDING, epoch)

    def start_over(self, head: LogHead, space: Space, epoch: int) -> None:
        """Replace a space that cannot be continued by an empty one, which readers see at once."""
        fresh = self._add_space(head, SpaceState(space.state), epoch)
        if space.state == SpaceState.CURRENT:
            self.transaction.run("point_bin", {"number": head.number, "space": fresh.number})
        self.drop(space)

    def forget_bin(self, number: int) -> str | None:
        """Remove a bin that the log no longer has; returns its id if the ledger had it."""
        row = self.transaction.one("ledger_bin", {"number": number})
        if row is not None:
            self._drop_bin(number, row["space"])
        return None if row is None else str(row["id"])

    def drop(self, space: Space) -> None:
        """Mark a space as unused; its rows are erased in steps."""
        self.transaction.run("drop_space", {"number": space.number})

    def follow(self, head: LogHead, space: Space, limit: int) -> tuple[Space, int]:
        """Process what is new in a bin. Returns the space, which is a new one if the bin was cleared, and the number
        of captures."""
        space = self._delete(head, space)
        chunk = read_chunk(self._log, head, space, limit)
        self.on_parsing(True)
        parsed = self._parse(chunk)
        self.on_parsing(False)
        if len(parsed) < len(chunk.captures):
            chunk = read_chunk(self._log, head, space, len(parsed))
        fold = Fold(self.transaction, space)
        outcomes = {row["n"]: _outcome(row) for row in reversed(chunk.outcomes)}
        self._add(fold, chunk, parsed, outcomes)
        fold.look_up_answered([n for n in outcomes if n <= space.n])
        for n, outcome in outcomes.items():
            fold.settle(n, outcome)
        fold.flush()
        space.n, space.k = chunk.upto_n, chunk.upto_k
        if copy_annotations(self._log, head, fold):
            # A note that was replaced is deleted text.
            self.search.has_erased = True
        save_space(self.transaction, space)
        return space, len(chunk.captures)

    def swap(self, head: LogHead, old: Space, new: Space) -> None:
        """The new space has caught up: readers see it from now on."""
        new.state = SpaceState.CURRENT.value
        new.next_seq()
        save_space(self.transaction, new)
        self.transaction.run("point_bin", {"number": head.number, "space": new.number})
        self.drop(old)

    # Inside

    def _parse(self, chunk: LogChunk) -> list[tuple[RawRequest, Reading]]:
        """Parse the captures of a chunk, or the first of them if it takes long: a signature that fits nothing takes
        several milliseconds."""
        ends_at, parsed = ticks() + PARSING_S, []
        for row in chunk.captures:
            raw = read_raw(row)
            parsed.append((raw, self._reading(row, raw, chunk)))
            if ticks() > ends_at:
                break
        return parsed

    def _add(
        self, fold: Fold, chunk: LogChunk, parsed: Sequence[tuple[RawRequest, Reading]], outcomes: Mapping[int, Outcome]
    ) -> None:
        captures = []
        for row, (raw, reading) in zip(chunk.captures, parsed, strict=True):
            each = fold.captures.add(row, raw, reading)
            # Most outcomes are known by now and need no second update.
            each.outcome = outcomes.get(each.n)
            captures.append(each)
        fold.look_up(captures)
        for each in captures:
            fold.add(each)

    def _reading(self, row: SqlRow, raw: RawRequest, chunk: LogChunk) -> Reading:
        role = Role(row["role"])
        if row["id"] in self._broken:
            return Reading(kind=_KINDS.get(role, Kind.OTHER), problem=BROKEN)
        if row["skipped"] == self._reader.version:
            return Reading(kind=_KINDS.get(role, Kind.OTHER), problem=SKIPPED)
        if row["skipped"] == self._reader.version + CUT_OFF:
            return Reading(kind=_KINDS.get(role, Kind.OTHER), problem=SLOW)
        try:
            return self._reader.recognise(raw, role, chunk.provider_of(row), chunk.settings)
        except TakesTooLong:
            self.cut_off.append((owner_of(row["id"]), number_of(row["id"])))
            return Reading(kind=_KINDS.get(role, Kind.OTHER), problem=SLOW)

    def _delete(self, head: LogHead, space: Space) -> Space:
        if space.d == head.last_d:
            return space
        deletions, reached = read_deletions(self._log, head, space)
        through = max((row["n"] for row in deletions if row["through"]), default=0)
        if through and through >= space.n:
            space = self._clear(head, space, through)
        fold = Fold(self.transaction, space)
        erase(fold, self.search, [row["n"] for row in deletions if not row["through"]], notify=True)
        is_done = not through or self._erase_through(fold, through)
        fold.flush()
        note_newest(self.transaction, space)
        if is_done:
            space.d = reached
        return space

    def _erase_through(self, fold: Fold, n: int) -> bool:
        """Erase some of the captures that the retention has deleted; returns whether none are left."""
        space = fold.space
        numbers = numbers_up_to(self.transaction, space, n)
        erase(fold, self.search, numbers, notify=False)
        if numbers:
            fold.changes.add(ChangeKind.DELETED_THROUGH, numbers[-1])
        if numbers_up_to(self.transaction, space, n):
            return False
        bounds = {"space": space.number, "above": space.id(n), "upto": space.id(space.n), "last": space.last_seq}
        self.transaction.run("forget_changes", bounds)
        return True

    def _clear(self, head: LogHead, space: Space, through: int) -> Space:
        """All processed captures are deleted: an empty space replaces this one."""
        fresh = add_space(
            self.transaction, head.number, SpaceState(space.state), space.reader, space.rereads,
            first_seq=space.first_seq, floor_n=through,
        )  # fmt: skip
        fresh.last_seq, fresh.k, fresh.d, fresh.a = space.last_seq, space.k, space.d, space.a
        fresh.indexed_n = through
        changes = Changes(self.transaction, fresh)
        changes.add(ChangeKind.DELETED_THROUGH, through)
        changes.flush()
        save_space(self.transaction, fresh)
        if space.state == SpaceState.CURRENT:
            self.transaction.run("point_bin", {"number": head.number, "space": fresh.number})
        self.drop(space)
        return fresh

    def _add_space(self, head: LogHead, state: SpaceState, epoch: int) -> Space:
        return add_space(
            self.transaction, head.number, state, self._version_for(head), head.rereads,
            first_seq=first_seq_of(epoch), floor_n=head.floor_n,
        )  # fmt: skip

    def _version_for(self, head: LogHead) -> str:
        """The version that a new space of a bin has."""
        if self._reader.secrets_version != self._reader.version and read_reader_settings(self._log, head).secrets:
            return self._reader.secrets_version
        return self._reader.version

    def _write_bin(self, head: LogHead, space: Space) -> None:
        values = {
            "number": head.number, "id": head.id, "name": head.name, "stuck_s": head.stuck_s, "version": head.version,
            "space": space.number,
        }  # fmt: skip
        self.transaction.run("put_bin", values)

    def _drop_bin(self, number: int, space: int) -> None:
        self.transaction.run("erase_ledger_bin", {"number": number})
        self.transaction.run("drop_space", {"number": space})
        building = self.transaction.one("building_space", {"bin": number})
        if building is not None:
            self.transaction.run("drop_space", {"number": building["number"]})


def _outcome(row: SqlRow) -> Outcome:
    return Outcome(
        status=row["status"],
        after_ms=row["after_ms"],
        sender_left=bool(row["sender_left"]),
        left_ms=row["left_ms"],
        well_formed=bool(row["well_formed"]),
        note=row["note"],
    )
