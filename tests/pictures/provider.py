"""An SMS provider that delivers to a bin over HTTP, with the time-out and the fallback that Ytel is assumed to have."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid1

import aiohttp

from app.domain.roles import Kind
from app.providers.sheet import RequestSpec
from app.providers.ytel import SHEET

OURS = "+19495550142"
NODE = 0x0A1B2C3D4E5F
"""Of the message ids, instead of this machine's hardware address."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`url` is the bin's primary capture URL on this machine, `public` the one that stands in the requests;
    `patience_s` is how long it waits for an answer."""

    client: aiohttp.ClientSession
    url: str
    public: str
    patience_s: float = SHEET.play.timeout_s

    async def deliver(self, sender: str, text: str) -> None:
        """An inbound SMS: to the primary URL and, when that fails, once to the fallback URL."""
        spec = self._spec(Kind.INBOUND, sender, OURS, text)
        if not await self._post("", spec):
            await self._post("/fallback", spec)

    async def report(self, recipient: str, *statuses: str) -> None:
        """The status callbacks of an outbound SMS."""
        spec = self._spec(Kind.STATUS, OURS, recipient, "Your code is 330550")
        for status in statuses:
            await self._post("/status", replace(spec, raw_status=status))

    def _spec(self, kind: Kind, sender: str, recipient: str, text: str) -> RequestSpec:
        return RequestSpec(
            kind=kind,
            message_id=str(uuid1(node=NODE)),
            sender=sender,
            recipient=recipient,
            text=text,
            raw_status=None,
            media=(),
            error_code=None,
            at=datetime.now(UTC),
            url=self.public,
        )

    async def _post(self, path: str, spec: RequestSpec) -> bool:
        """Whether it was answered with a 2xx in time."""
        draft = SHEET.compose(replace(spec, url=self.public + path))
        # aiohttp rounds a time-out above `ceil_threshold` up to a whole second of the loop's clock.
        wait = aiohttp.ClientTimeout(total=self.patience_s, ceil_threshold=self.patience_s + 1)
        headers = dict(draft.headers)
        try:
            async with self.client.post(self.url + path, data=draft.body, headers=headers, timeout=wait) as answer:
                return answer.ok
        except (TimeoutError, aiohttp.ClientError):
            return False
