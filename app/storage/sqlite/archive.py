"""The results of all reconciliations: the files of one directory."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ... import clock
from ...domain.reconciliation.kept import KeptNote, KeptRecord, Reconciliation
from ...domain.reconciliation.verdicts import RecordReason, RecordVerdict
from ...errors import NotFound, NotReadable
from ...files import PART, new_file
from ...log import get_log
from ...tasks import run_in_thread
from .copying import sync
from .result_files import read_head, read_notes, read_record, read_records, read_verdicts

_ID = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
_NAME = re.compile(r"(?P<bin>[a-z0-9]{1,40})-(?P<id>[a-z0-9]{1,40})\.db", re.ASCII)
UPLOAD = ".upload"
KEY_BYTES = 32
# The age of a temporary file of another server at which it is deleted. A reconciliation takes minutes.
ABANDONED_S = 86_400.0

_log = get_log("reconciliations")


class ResultArchive:
    """Implements `ReconciliationArchive`. Use from one event loop only."""

    def __init__(self, directory: Path, *, is_shared: bool = False) -> None:
        """Prepares the directory. `is_shared`: other servers may use it, too. Raises OSError."""
        self._directory = directory
        self._key = prepare(directory, is_shared=is_shared)
        # Heads by path; valid while the file is the same.
        self._heads: dict[Path, tuple[tuple[int, int], Reconciliation]] = {}

    @property
    def directory(self) -> Path:
        """See `ReconciliationArchive`."""
        return self._directory

    @property
    def key(self) -> bytes:
        """See `ReconciliationArchive`."""
        return self._key

    def path_of(self, bin_id: str, id: str) -> Path:
        """See `ReconciliationArchive`. Raises NotFound for what cannot be an id."""
        if not _ID.fullmatch(bin_id) or not _ID.fullmatch(id):
            raise NotFound("There is no such reconciliation.")
        return self._directory / f"{bin_id}-{id}.db"

    async def list_reconciliations(self, bin_id: str) -> Sequence[Reconciliation]:
        return await run_in_thread(self._list, bin_id)

    async def get_reconciliation(self, bin_id: str, id: str) -> Reconciliation:
        return await run_in_thread(self._head, self.path_of(bin_id, id))

    async def list_records(
        self,
        bin_id: str,
        id: str,
        *,
        after: int = 0,
        limit: int,
        verdict: RecordVerdict | None = None,
        reason: RecordReason | None = None,
    ) -> Sequence[KeptRecord]:
        read = partial(read_records, after=after, limit=limit, verdict=verdict, reason=reason)
        return await run_in_thread(read, self.path_of(bin_id, id))

    async def get_record(self, bin_id: str, id: str, number: int) -> KeptRecord:
        return await run_in_thread(read_record, self.path_of(bin_id, id), number)

    async def verdicts_of(self, bin_id: str, id: str, keys: Sequence[int]) -> dict[int, RecordVerdict]:
        return await run_in_thread(read_verdicts, self.path_of(bin_id, id), keys)

    async def list_notes(self, bin_id: str, message_id: str) -> Sequence[KeptNote]:
        return await run_in_thread(self._notes, bin_id, message_id)

    async def drop_reconciliation(self, bin_id: str, id: str) -> None:
        await run_in_thread(self._drop, self.path_of(bin_id, id))

    async def drop_of_bin(self, bin_id: str) -> None:
        await run_in_thread(self._drop_of_bin, bin_id)

    def _list(self, bin_id: str) -> list[Reconciliation]:
        found = []
        for path in results_in(self._directory):
            if path.name.startswith(f"{bin_id}-"):
                try:
                    found.append(self._head(path))
                except (NotFound, NotReadable) as error:
                    _log.warning("reconciliation.unreadable", file=path.name, reason=str(error))
        return sorted(found, key=lambda head: (head.made_at, head.id), reverse=True)

    def _head(self, path: Path) -> Reconciliation:
        try:
            status = path.stat()
        except FileNotFoundError:
            self._heads.pop(path, None)
            raise NotFound("There is no such reconciliation.") from None
        version = (status.st_ino, status.st_mtime_ns)
        known = self._heads.get(path)
        if known is None or known[0] != version:
            known = self._heads[path] = version, read_head(path)
        return known[1]

    def _notes(self, bin_id: str, message_id: str) -> list[KeptNote]:
        found: dict[KeptNote, None] = {}
        for head in self._list(bin_id):
            if head.summary.notes:
                found.update(dict.fromkeys(read_notes(self.path_of(bin_id, head.id), message_id)))
        return sorted(found, key=lambda note: note.at_us or 0)

    def _drop(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            raise NotFound("There is no such reconciliation.") from None
        self._heads.pop(path, None)
        sync(self._directory)

    def _drop_of_bin(self, bin_id: str) -> None:
        for path in results_in(self._directory):
            if path.name.startswith(f"{bin_id}-"):
                path.unlink(missing_ok=True)
                self._heads.pop(path, None)


def results_in(directory: Path) -> list[Path]:
    """The results in a directory, which need not exist, by name."""
    return sorted(path for path in directory.glob("*.db") if _NAME.fullmatch(path.name))


def _may_be_in_use(path: Path) -> bool:
    try:
        return clock.now().timestamp() - path.stat().st_mtime < ABANDONED_S
    except FileNotFoundError:
        return False  # another server has just deleted it


def prepare(directory: Path, *, is_shared: bool = False) -> bytes:
    """Make the directory, and delete what an interrupted server has left there; if it is shared, only what is so old
    that no server works on it. Returns the key of the digests of texts. Raises OSError."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for path in directory.iterdir():
        if path.name.endswith((PART, UPLOAD, f"{PART}-journal")):
            if is_shared and _may_be_in_use(path):
                continue
            path.unlink(missing_ok=True)
    key = directory / "key"
    if not key.exists() or key.stat().st_size != KEY_BYTES:
        with new_file(key) as file:
            file.write(clock.new_bytes(KEY_BYTES))
    return key.read_bytes()
