"""A process that does what each frame commands: `python -m tests.storage.obedient <pipe> …`. It sends its own
arguments first.
"""

import os
import sys
import time
from pathlib import Path

from app.storage.process import Pipe, begin


def main(arguments: list[str]) -> None:
    """Until the server closes the pipe."""
    begin()
    pipe = Pipe(int(arguments[0]))
    pipe.send(" ".join(arguments[1:]).encode())
    while (data := pipe.receive()) is not None:
        match data.split(maxsplit=1):
            case [b"end", code]:
                os._exit(int(code))
            case [b"exit", code]:
                sys.exit(int(code))
            case [b"raise"]:
                raise RuntimeError("planted")
            case [b"variable", name]:
                pipe.send(os.environb[name])
            case [b"hang"]:
                time.sleep(3_600)
            case [b"stay"]:
                # The pipe is closed, but the process does not end.
                pipe._socket.close()
                time.sleep(3_600)
            case [b"look", descriptor]:
                pipe.send(bytes(Path(f"/dev/fd/{int(descriptor)}").readlink()))
            case _:
                pipe.send(data)


if __name__ == "__main__":
    main(sys.argv[1:])
