"""What is kept of the records of a file, on the disk until their verdicts are known: a million do not fit in memory,
and reading the file a second time takes longer.
"""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from ...domain.messages.model import Direction
from ...domain.reconciliation.kept import KeptRecord
from ...domain.reconciliation.model import RecordResult
from ...domain.reconciliation.verdicts import LOST

_BATCH = 1_000


class SpooledRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The fields of a `KeptRecord` that are in the file."""

    row: int
    part: int
    key: int
    provider: str | None
    message_id: str | None
    direction: Direction | None
    sender: str | None
    recipient: str | None
    ended_us: int | None
    word: str | None
    status: str | None
    error_code: str | None
    price: str | None
    segments: int | None
    text_digest: bytes | None
    original: str | None
    text: str | None

    def with_result(self, number: int, result: RecordResult) -> KeptRecord:
        """With its result; `number` is its place. The row itself is only kept of a lost record."""
        is_lost = result.verdict in LOST
        return KeptRecord(
            number, self.row, self.part, result.verdict, result.also, result.reason, self.key, self.provider,
            self.message_id, self.direction, self.sender, self.recipient, result.at_us, self.ended_us, self.word,
            self.status, self.error_code, self.price, self.segments, self.text_digest, result.message, result.captures,
            result.delta_ms, result.by_id, self.original if is_lost else None, self.text if is_lost else None,
        )  # fmt: skip


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[SpooledRecord]).decode


class RecordSpool:
    """Records in an open file: all are added, then all are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._batch: list[SpooledRecord] = []

    def add(self, record: SpooledRecord) -> None:
        """One more."""
        self._batch.append(record)
        if len(self._batch) >= _BATCH:
            self._flush()

    def records(self) -> Iterator[SpooledRecord]:
        """All, in their order."""
        self._flush()
        self._file.seek(0)
        while size := self._file.read(4):
            yield from _decode(self._file.read(int.from_bytes(size)))

    def _flush(self) -> None:
        data = _encode(self._batch)
        self._file.write(len(data).to_bytes(4) + data)
        self._batch.clear()
