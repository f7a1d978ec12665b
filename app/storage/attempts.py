"""Attempts on SQLite: the part of `Store` that keeps what came back from replays."""

from collections.abc import Sequence

from ..domain.replaying import Attempt, NewAttempt
from ..domain.units import from_micros, micros
from . import jobs
from .readers import Readers
from .writer import Writer


class AttemptRows:
    """Implements the promises of `Store`."""

    _writer: Writer
    _readers: Readers

    async def add_attempt(self, bin_id: str, new: NewAttempt) -> int:
        value = await self._writer.submit(
            jobs.AddAttempt(
                bin_id, new.n, new.url, micros(new.sent_at), new.status, new.ms, new.error, new.content_type, new.body
            )
        )
        assert value is not None, "an attempt gets its number"
        return int(value[0])

    async def list_attempts(self, bin_id: str, n: int, *, limit: int) -> Sequence[Attempt]:
        values = {"bin": bin_id, "n": n, "limit": limit}
        return [
            Attempt(
                n=row["n"], number=row["number"], url=row["url"], sent_at=from_micros(row["sent_at"]),
                status=row["status"], ms=row["ms"], error=row["error"], content_type=row["content_type"],
                body=row["body"],
            )
            for row in await self._readers.all("list_attempts", values)
        ]  # fmt: skip
