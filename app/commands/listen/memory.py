"""Which captures were delivered, in a file, so that none is delivered twice after an acknowledgement was lost; of one
that is sent as several events, how many."""

import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from ...domain.units import rfc3339
from ...files import new_file

MOST_REMEMBERED = 64
"""Captures; more than the server sends without an acknowledgement."""
MAX_INSTANCE = 120
"""Characters of the URL of the server in the name of a file."""
_UNUSUAL = re.compile(r"[^A-Za-z0-9.-]+")


class DeliveredCaptures:
    """The captures that were delivered last. They are identified by number and time, because a server that was restored
    from a backup uses its numbers again. `report` gets a line for people if the file cannot be written."""

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        """Read the file; one that cannot be read is the same as none."""
        self._path = path
        self._report = report
        self._has_failed = False
        # Of each capture its time, and how many of its events were delivered; None: everything.
        self._known = _read(path)

    def has(self, n: int, received_at: datetime) -> bool:
        """Whether a capture was delivered, with all its events."""
        return self._known.get(n) == (rfc3339(received_at), None)

    def events_of(self, n: int, received_at: datetime) -> int:
        """How many events of a capture that was not delivered as a whole were."""
        at, events = self._known.get(n, ("", None))
        return events or 0 if at == rfc3339(received_at) else 0

    def add(self, n: int, received_at: datetime, events: int | None = None) -> None:
        """A capture was delivered, or its first `events`."""
        self._known[n] = (rfc3339(received_at), events)
        for oldest in list(self._known)[:-MOST_REMEMBERED]:
            del self._known[oldest]
        self._write()

    def forget(self) -> None:
        """All of them are to be delivered again."""
        self._known.clear()
        self._write()

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with new_file(self._path) as file:
                file.write(json.dumps({"delivered": [[n, *each] for n, each in self._known.items()]}).encode())
        except OSError as error:
            if not self._has_failed:
                self._report(
                    f"{self._path} cannot be written ({error.strerror}): after a restart, a request whose"
                    " acknowledgement was lost is delivered twice."
                )
            self._has_failed = True


def state_path(root: str, bin_id: str, name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of a listener of this server and bin."""
    given = environment.get("XDG_STATE_HOME", "")
    # By the specification of XDG, other paths are ignored.
    base = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    instance = _UNUSUAL.sub("-", root.partition("://")[2])[:MAX_INSTANCE]
    return base / "smsbin" / f"{instance}-{_UNUSUAL.sub('-', bin_id)}-{name}"


def _read(path: Path) -> dict[int, tuple[str, int | None]]:
    try:
        found = json.loads(path.read_bytes())
        return {int(n): (str(at), None if events is None else int(events)) for n, at, events in found["delivered"]}
    except (OSError, ValueError, TypeError, LookupError):
        return {}
