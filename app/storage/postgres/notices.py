"""Notifies the other servers of a store of what has changed, and receives their notices.

It is never a part of the transaction that stores a capture, whose commit it would delay: PostgreSQL takes one lock for
all notices. A notice only makes something sooner. What is missed is found by `polling.py`, and behind a pooler, which
passes no notices on, all of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Protocol

import psycopg

from ...errors import StoreUnavailable
from ...log import get_log
from ...tasks import start_periodic, stop
from ..transaction import DatabaseError
from .connections import AsyncConnection, is_pooled
from .engine import ENGINE

# Notices within this time are sent as one.
GATHER_S = 0.02
RETRY_S = 1.0
# PostgreSQL refuses 8,000 bytes. If there are more bins than fit, everything may have changed.
MAX_BYTES = 7_900
EVERYTHING = "*"

_log = get_log("notices")


class NoticeReceiver(Protocol):
    """What is called with the notices of other servers."""

    def bins_grew(self, numbers: list[int]) -> None:
        """The log of these bins has grown."""

    def bins_changed(self, ids: list[str]) -> None:
        """What readers see of these bins has changed, though their log has not grown."""

    def settings_changed(self, bin_id: str | None) -> None:
        """The settings of a bin have changed; None: those of any."""

    def signed_out(self) -> None:
        """Sessions, tokens or shares have ended."""

    def may_have_missed(self) -> None:
        """Notices may have been lost."""


class ServerNotices:
    """Use from one event loop only. `sender` is the id of this opening of the store, whose own notices are ignored;
    `send` runs a statement of `engine/`."""

    def __init__(
        self, sender: str, connect: Callable[[], Awaitable[AsyncConnection]],
        send: Callable[[str, dict[str, object]], Awaitable[object]], receiver: NoticeReceiver,
    ) -> None:  # fmt: skip
        self._sender = sender
        self._connect = connect
        self._send = send
        self._receiver = receiver
        self._waiting: dict[str, dict[str, None]] = {}
        self._has_waiting = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_lost = False
        self.is_listening = False
        """Whether notices of other servers come; otherwise they are found by polling."""

    def start(self) -> None:
        """Begin to listen and to send."""
        self._tasks = [
            start_periodic(self._listen, name="notices"),
            start_periodic(self._send_waiting, name="send notices"),
        ]

    async def close(self) -> None:
        """Stop both. What was not sent is found by polling."""
        for task in self._tasks:
            await stop(task)

    def grew(self, bins: Iterable[int]) -> None:
        """The log of these bins has grown."""
        self._add("grew", map(str, bins))

    def changed(self, bin_ids: Iterable[str]) -> None:
        """What readers see of these bins has changed, though their log has not grown."""
        self._add("changed", bin_ids)

    def settings(self, bin_ids: Iterable[str]) -> None:
        """The settings of these bins have changed; none: those of a bin whose id is not known here."""
        self._add("settings", list(bin_ids) or [EVERYTHING])

    def signed_out(self) -> None:
        """Sessions, tokens or shares have ended."""
        self._add("signed-out", [EVERYTHING])

    def _add(self, kind: str, words: Iterable[str]) -> None:
        self._waiting.setdefault(kind, {}).update(dict.fromkeys(words))
        self._has_waiting.set()

    async def _send_waiting(self) -> float:
        """Send what has been gathered; returns the seconds until the next call."""
        await self._has_waiting.wait()
        waiting, self._waiting = self._waiting, {}
        self._has_waiting.clear()
        with suppress(StoreUnavailable):  # the other servers poll
            for kind, words in waiting.items():
                text = " ".join((self._sender, kind, *words))
                if len(text) > MAX_BYTES:
                    text = f"{self._sender} {kind} {EVERYTHING}"
                await self._send("notify", {"text": text})
        return GATHER_S

    async def _listen(self) -> float | None:
        """Listen until the connection is lost; returns the seconds until the next attempt, None behind a pooler."""
        try:
            connection = await self._connect()
            async with connection:
                row = await (await connection.execute(ENGINE["backend"])).fetchone()
                if is_pooled(connection.info, row):
                    _log.warning("notices.pooled", reason="a pooler passes no notices on, so changes are polled")
                    return None
                await connection.execute(ENGINE["listen"])
                self.is_listening, self._is_lost = True, False
                self._receiver.may_have_missed()
                async for notice in connection.notifies():
                    self._receive(notice.payload)
        except (psycopg.Error, DatabaseError) as error:
            # Once, and not with each attempt.
            if not self._is_lost:
                _log.warning("notices.lost", reason=str(error).strip())
            self._is_lost = True
        finally:
            self.is_listening = False
        return RETRY_S

    def _receive(self, text: str) -> None:
        sender, _, notice = text.partition(" ")
        if sender == self._sender:
            return
        kind, *words = notice.split(" ")
        if kind == "signed-out":
            self._receiver.signed_out()
        elif kind == "settings":
            for word in words:
                self._receiver.settings_changed(None if word == EVERYTHING else word)
        elif kind == "grew" and all(map(str.isdigit, words)):
            self._receiver.bins_grew([int(word) for word in words])
        elif kind == "changed" and EVERYTHING not in words:
            self._receiver.bins_changed(words)
        else:
            # There were too many words, or it is from a later version.
            self._receiver.may_have_missed()
