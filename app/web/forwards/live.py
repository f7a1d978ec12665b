"""The open page of forwards: the parts of its cards that have changed, at most once a second."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp_jinja2
from aiohttp import web

from ... import clock
from ...live.frames import text_frames
from .cards import cards_of

PACE_S = 1.0
"""The least time between two reads for one viewer, because each dispatch of the bin notifies it."""
PARTS = ("state", "trouble", "lag", "delivered", "failed", "strip", "actions")
"""Elements of a card; each is sent only if it has changed, so that an unchanged button keeps the focus."""


class ForwardParts:
    """The parts that one viewer has. Use from one event loop only. `pause` waits for some seconds."""

    def __init__(
        self, app: web.Application, bin_id: str, base: str, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._pause = pause
        self._app = app
        self._bin_id = bin_id
        self._base = base
        self._sent: dict[tuple[str, str], str] = {}
        self._read_at: float | None = None

    async def wire(self) -> bytes:
        """A frame with what has changed, or nothing. The first one has everything, because the page is older."""
        if self._read_at is not None:
            await self._pause(max(self._read_at + PACE_S - clock.ticks(), 0.0))
        self._read_at = clock.ticks()
        template = aiohttp_jinja2.get_env(self._app).get_template("forwards/_part.html")
        about = {"home": f"{self._base}/bins/{self._bin_id}"}
        parts = {
            (card.status.stored.id, part): template.render(about, card=card, part=part)
            for card in await cards_of(self._app, self._bin_id)
            for part in PARTS
        }
        changed = [html for key, html in parts.items() if self._sent.get(key) != html]
        self._sent = parts
        return text_frames([json.dumps({"forwards": "".join(changed)}, ensure_ascii=False)]) if changed else b""
