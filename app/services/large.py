"""Runs work that grows with the size of a request: on the event loop if it is small, else in a thread.

Parsing 256 KiB of hostile JSON, XML or form data takes up to a tenth of a second, and a page may parse two bodies
three times.
"""

from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from ..domain.captures import RawRequest
from ..parsing.unpacking import looks_packed
from ..tasks import run_in_thread

P = ParamSpec("P")
T = TypeVar("T")

# Passing work to a thread costs as much as parsing this.
QUICK_BYTES = 16 << 10


def is_large(raw: RawRequest) -> bool:
    """Whether parsing may take more than a few milliseconds. A compressed body may become large."""
    size = len(raw.body) + len(raw.head) + len(raw.target)
    return size > QUICK_BYTES or raw.header(b"content-encoding") is not None or looks_packed(raw.body)


async def work_on(raws: Iterable[RawRequest], function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a pure function that parses these requests."""
    if any(map(is_large, raws)):
        return await run_in_thread(function, *args, **kwargs)
    return function(*args, **kwargs)
