"""How the last requests of a bin would be parsed by a mapping that is not saved yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.bins import Bin
from ..domain.captures import Capture, Reading
from ..domain.providers import CUSTOM
from ..domain.statuses import Status, Word
from ..providers import recognise
from ..providers.custom import CustomReader
from ..store import Store
from .large import work_on

PREVIEWED = 20
"""Requests that a preview shows."""

SAMPLED = 60
"""Requests in which status words are looked for: the last ones may all be inbound messages."""

MAX_SAMPLED_BYTES = 2 << 20
"""Bytes of all sampled bodies together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A capture, its reading without a mapping, and its reading by the mapping. Without a mapping both are equal."""

    capture: Capture
    usual: Reading
    reading: Reading

    @property
    def is_mapped(self) -> bool:
        """Whether the mapping found something in the capture."""
        return self.reading.provider == CUSTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWord:
    """A status word in the sampled captures. `word`: what it means by the mapping, None: nothing; `usual`: what it
    means without the mapping."""

    text: str
    count: int
    word: Word | None
    usual: Status | None


async def read_recent(store: Store, bin: Bin, custom: CustomReader | None) -> Sequence[PreviewRow]:
    """The last captures of a bin, newest first, at most `SAMPLED` and `MAX_SAMPLED_BYTES`."""
    captures = await recent_captures(store, bin.id)
    return await work_on([each.raw for each in captures], read_by, captures, bin.provider, custom)


async def recent_captures(store: Store, bin_id: str) -> Sequence[Capture]:
    """The captures of a preview, newest first."""
    numbers: list[int] = []
    left = MAX_SAMPLED_BYTES
    for row in await store.list_captures(bin_id, limit=SAMPLED):
        left -= row.size
        if left >= 0:
            numbers.append(row.n)
    return list(reversed(await store.get_captures(bin_id, numbers)))


def read_by(captures: Sequence[Capture], provider: str | None, custom: CustomReader | None) -> Sequence[PreviewRow]:
    """These captures, parsed with and without a mapping."""
    rows = []
    for capture in captures:
        raw, role = capture.raw, capture.row.role
        usual = recognise(raw, role, provider)
        reading = usual if custom is None else recognise(raw, role, provider, custom)
        rows.append(PreviewRow(capture=capture, usual=usual, reading=reading))
    return rows


def words_of(rows: Sequence[PreviewRow], custom: CustomReader) -> Sequence[SeenWord]:
    """The status words that a mapping finds, the most frequent first."""
    counts: dict[str, int] = {}
    usual: dict[str, Status] = {}
    for row in rows:
        for event in row.reading.events if row.is_mapped else ():
            if event.raw_status:
                counts[event.raw_status] = counts.get(event.raw_status, 0) + 1
        for event in row.usual.events:
            if event.raw_status and event.status is not None and event.status is not Status.UNKNOWN:
                usual.setdefault(event.raw_status, event.status)
    return [
        SeenWord(text=text, count=count, word=custom.meaning(text), usual=usual.get(text))
        for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
