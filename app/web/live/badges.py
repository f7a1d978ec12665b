"""The badges of forwards on an open list. They change without a change of the ledger, so they have no seq."""

import json

import aiohttp_jinja2
from aiohttp import web

from ... import keys
from ...live.frames import Frames, text_frames
from .edits import macro_of


class ForwardBadges:
    """The badges that one viewer's list shows, as of some version."""

    def __init__(self, app: web.Application, bin_id: str) -> None:
        self._app = app
        self._bin_id = bin_id
        self._seen = app[keys.FORWARDS].recent.version(bin_id)

    async def wire(self) -> bytes:
        """A frame with what has changed, or nothing; viewers with the same version share it."""
        forwards = self._app[keys.FORWARDS]
        now = forwards.recent.version(self._bin_id)
        if now == self._seen:
            return b""
        numbers, before = forwards.recent.since(self._bin_id, self._seen), self._seen
        self._seen = now

        async def make() -> Frames:
            return Frames(0, await self._frame(numbers), more=False, version=now)

        key = ("forwards", self._bin_id, before, now)
        return (await self._app[keys.FRAMES].get(key, make, keep=lambda _: True)).wire

    async def _frame(self, numbers: list[int]) -> bytes:
        captures = await self._app[keys.STORE].get_rows(self._bin_id, numbers)
        dispatches = await self._app[keys.FORWARDS].dispatches(self._bin_id, captures)
        badge = macro_of(aiohttp_jinja2.get_env(self._app), "captures/_forwarded.html", "forwarded")
        html = "".join(badge(n, found) for n, found in dispatches.items())
        return text_frames([json.dumps({"forwards": html}, ensure_ascii=False)]) if html else b""
