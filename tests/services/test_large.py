"""Work on a large request runs in a thread, on a small one on the event loop."""

import gzip
import threading

import pytest

from app.services.large import QUICK_BYTES, is_large, work_on
from tests.storage.builders import a_raw

SMALL = a_raw(b"Text=hi", headers=(), target="/")
PACKED = a_raw(b"x", headers=((b"Content-Encoding", b"gzip"),))


@pytest.mark.parametrize(
    ("raw", "large"),
    [
        (a_raw(bytes(QUICK_BYTES - 1), headers=(), target="/"), False),
        (a_raw(bytes(QUICK_BYTES), headers=(), target="/"), True),
        (a_raw(b"", headers=((b"X-A", b"a" * QUICK_BYTES),)), True),
        (a_raw(b"", headers=(), target="/" + "a" * QUICK_BYTES), True),
        (PACKED, True),
        (a_raw(gzip.compress(b"Text=hi"), headers=()), True),
    ],
    ids=["at the limit", "a byte more", "by its head", "by its target", "packed", "packed without a header"],
)
def test_all_of_a_request_counts_and_a_packed_body_may_become_large(raw, large: bool) -> None:
    assert is_large(raw) is large


async def test_small_ones_are_worked_on_here_and_one_large_one_takes_all_of_them_to_a_thread() -> None:
    here = threading.get_ident()
    assert await work_on([SMALL, SMALL], threading.get_ident) == here
    assert await work_on([SMALL, PACKED], threading.get_ident) != here


async def test_what_it_gives_and_raises_comes_through() -> None:
    for raw in (SMALL, PACKED):
        assert await work_on([raw], divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await work_on([raw], divmod, 7, 0)
