"""Answers of the server that are late, as on a slow network."""

import asyncio

from playwright.async_api import Route


class Late:
    """The handler of a route. A request waits until `released` is set: before the server reads it, or, with `delay`,
    after the server has answered, which `read` says."""

    def __init__(self) -> None:
        self.read, self.released = asyncio.Event(), asyncio.Event()

    async def hold(self, route: Route) -> None:
        """Pass the request on late."""
        await self.released.wait()
        await route.continue_()

    async def delay(self, route: Route) -> None:
        """Pass the answer on late."""
        answer = await route.fetch()
        self.read.set()
        await self.released.wait()
        await route.fulfill(response=answer)
