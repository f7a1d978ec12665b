"""A loop whose timers are rung by hand."""

import asyncio
from types import SimpleNamespace
from typing import Any


class Loop:
    """The running loop, but for `call_later`: `timers` are seconds, call and arguments of each."""

    def __init__(self) -> None:
        self._real = asyncio.get_running_loop()
        self.timers: list[tuple[float, Any, tuple[Any, ...]]] = []

    def call_later(self, seconds: float, call: Any, *arguments: Any) -> Any:
        self.timers.append((seconds, call, arguments))
        return SimpleNamespace(cancel=lambda: None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
