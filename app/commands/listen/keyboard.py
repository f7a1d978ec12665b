"""Single keys of the terminal, without waiting for the Enter key."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def has_keyboard() -> bool:
    """Whether stdin is a terminal, and this process is in its foreground."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def reading_keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call `pressed` with each key for the duration of the context; without a keyboard do nothing."""
    if not has_keyboard():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    loop = asyncio.get_running_loop()

    def read() -> None:
        keys = os.read(descriptor, 64)
        if not keys:
            # The terminal was closed.
            loop.remove_reader(descriptor)
        for key in keys.decode("latin-1"):
            pressed(key)

    tty.setcbreak(descriptor)
    loop.add_reader(descriptor, read)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
