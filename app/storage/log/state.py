"""What is in the way of keeping, and what captures met. It is set before anything that can raise."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ...log import get_log
from ...store import Health
from .jobs import LogFileStatus, Result
from .recent import Recent

_log = get_log("storage")


class LogState:
    """Of one log, for as long as the server runs.

    `doubt`: a write has failed, and no process has opened and checked the file since. Then `mark` lies beside the file,
    for a server that starts later; where the disk does not take it, this one still knows.
    """

    def __init__(self, suspect_file: Path) -> None:
        self._suspect_file = suspect_file
        self.recent = Recent()
        self.condition = LogFileStatus()
        self.gone: str | None = None
        self.doubt: str | None = None
        self.stopped: str | None = None

    @property
    def refusal(self) -> str | None:
        """Why no job is taken."""
        return self.gone or self.doubt

    def health(self, now: float) -> Health:
        """For people; the worst first."""
        stored, refused = self.recent.counts(now)
        state, reason = "ok", None
        for name, why in (
            ("gone", self.gone), ("suspect", self.doubt), ("stopped", self.stopped), ("full", self.recent.reason),
        ):  # fmt: skip
            if why is not None:
                state, reason = name, why
                break
        return Health(
            state=state, reason=reason, stored=stored, refused=refused, wal_bytes=self.condition.wal_bytes,
            checkpoint=self.condition.checkpoint, held=self.condition.held,
        )  # fmt: skip

    def read_suspect_file(self) -> None:
        """Before the first opening."""
        if self._suspect_file.exists():
            self.doubt = "A disk error before the last stop; the file is being checked."

    def note(self, results: Sequence[Result]) -> None:
        """What a batch says about the file."""
        for result in results:
            if result.error == "suspect" and self.doubt is None:
                self.set_doubt(result.message)
            elif result.error == "gone":
                self.gone = result.message

    def set_doubt(self, why: str) -> None:
        """Nothing is confirmed until a process has checked the file."""
        self.doubt = f"A write failed ({why}), so the file is being checked."
        _log.error("log.suspect", reason=why)
        with suppress(OSError):
            self._suspect_file.touch()

    def ended(self, why: str, *, in_doubt: bool) -> None:
        """The process is gone."""
        if in_doubt and self.doubt is None:
            self.set_doubt(why)
        if self.stopped is None:
            self.stopped = f"The log process is being started again: {why}."

    def open_failed(self, why: str) -> None:
        """A process could not open the log."""
        self.stopped = why
        if self.doubt is not None:
            self.doubt = why

    def opened(self) -> None:
        """A process has opened the log, and checked it where it was in doubt."""
        self.stopped = None
        if self.doubt is not None:
            self.doubt = None
            with suppress(OSError):
                self._suspect_file.unlink(missing_ok=True)
