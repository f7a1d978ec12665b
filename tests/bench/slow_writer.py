"""The writer process of `slow_disk`: waits 5 ms before each commit, as a slow disk would after it."""

import sys
import time

from app.storage.child import main
from app.storage.counters import Counters

DELAY_S = 0.005
_flush = Counters.flush


def _late(self: Counters) -> None:
    time.sleep(DELAY_S)
    _flush(self)


if __name__ == "__main__":
    Counters.flush = _late
    main(sys.argv[1:])
