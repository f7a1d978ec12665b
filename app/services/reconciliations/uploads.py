"""Receives the files of providers. A received file is kept for a few minutes, so that its columns or its zone can be
corrected without sending it again, and is then deleted."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ... import clock
from ...errors import Invalid, TooLarge
from ...files import new_file
from ...tasks import run_in_thread

MAX_UPLOAD = 60 << 20
"""Bytes of a file as it is sent; compressed, it may be larger."""

KEPT_S = 900.0
MOST_UPLOADS = 4
_CHUNK = 1 << 20
SUFFIX = ".upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A received file. `id` follows from the bin and the content."""

    id: str
    bin_id: str
    path: Path
    file: str
    digest: str
    received_at: float


class Uploads:
    """The received files of one directory. Use from one event loop only."""

    def __init__(self, directory: Path, key: bytes) -> None:
        self._directory = directory
        self._key = key
        self._known: dict[tuple[str, str], Upload] = {}

    async def receive(self, bin_id: str, file: str, chunks: AsyncIterator[bytes]) -> Upload:
        """Receive one file. Raises TooLarge, Invalid (it is empty), and what `chunks` raises."""
        digest, size, waiting = hashlib.sha256(), 0, bytearray()
        # Its id is known when it has arrived.
        path = self._directory / f"{clock.new_id()}{SUFFIX}"
        with new_file(path) as part:
            async for chunk in chunks:
                size += len(chunk)
                if size > MAX_UPLOAD:
                    raise TooLarge(f"The file must have at most {MAX_UPLOAD >> 20} MiB. Compress it with gzip.")
                digest.update(chunk)
                waiting += chunk
                if len(waiting) >= _CHUNK:
                    await run_in_thread(part.write, bytes(waiting))
                    waiting.clear()
            await run_in_thread(part.write, bytes(waiting))
            if not size:
                raise Invalid(("file", "is empty"))
        found = digest.hexdigest()
        id = hashlib.blake2b(f"{bin_id} {found}".encode(), key=self._key, digest_size=8).hexdigest()
        self.drop(bin_id, id)
        upload = Upload(id=id, bin_id=bin_id, path=path, file=file, digest=found, received_at=clock.ticks())
        self._known[bin_id, id] = upload
        while len(self._known) > MOST_UPLOADS:
            self.drop(*next(iter(self._known)))
        return upload

    def get(self, bin_id: str, id: str) -> Upload | None:
        """A received file that is still there."""
        return self._known.get((bin_id, id))

    def drop(self, bin_id: str, id: str) -> None:
        """Delete a file, if it is there."""
        upload = self._known.pop((bin_id, id), None)
        if upload is not None:
            with suppress(FileNotFoundError):
                upload.path.unlink()

    def drop_of_bin(self, bin_id: str) -> None:
        """Delete the files of a bin."""
        for each in [each for each in self._known.values() if each.bin_id == bin_id]:
            self.drop(bin_id, each.id)

    def expire(self) -> None:
        """Delete the files that were received a while ago."""
        for each in list(self._known.values()):
            if clock.ticks() - each.received_at > KEPT_S:
                self.drop(each.bin_id, each.id)
