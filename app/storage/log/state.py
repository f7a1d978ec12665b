"""The state of the log as seen by the server, and the results of recent captures. It is set before anything that
can raise."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ...log import get_log
from ...store import Health
from .recent import Recent
from .results import LogFileStatus, Result

_log = get_log("storage")


class LogState:
    """The state of one log while the server runs.

    `doubt`: a write has failed, and no process has checked the file since. `suspect_file` is then created next to
    the log for a server that starts later; if the disk is full, only this server has that state.
    """

    def __init__(self, suspect_file: Path | None) -> None:
        self._suspect_file = suspect_file
        self.recent = Recent()
        self.condition = LogFileStatus()
        self.gone: str | None = None
        self.unreachable: str | None = None
        self.doubt: str | None = None
        self.stopped: str | None = None

    @property
    def refusal(self) -> str | None:
        """Why jobs are refused, or None."""
        return self.gone or self.doubt

    def health(self, now: float) -> Health:
        """The state for users; the most severe problem first."""
        stored, refused = self.recent.counts(now)
        state, reason = "ok", None
        for name, why in (
            ("gone", self.gone), ("suspect", self.doubt), ("away", self.unreachable), ("stopped", self.stopped),
            ("stopped" if self.recent.is_unanswered else "full", self.recent.reason),
        ):  # fmt: skip
            if why is not None:
                state, reason = name, why
                break
        return Health(
            state=state, reason=reason, stored=stored, refused=refused, wal_bytes=self.condition.wal_bytes,
            checkpoint=self.condition.checkpoint, held=self.condition.held,
        )  # fmt: skip

    def read_suspect_file(self) -> None:
        """Read the suspect file before the log is opened."""
        if self._suspect_file is not None and self._suspect_file.exists():
            self.doubt = "A disk error before the last stop; the file is being checked."

    def note(self, results: Sequence[Result]) -> None:
        """Update the state from the results of a batch."""
        for result in results:
            if result.error == "suspect" and self.doubt is None:
                self.set_doubt(result.message)
            elif result.error == "gone":
                self.gone = result.message
            elif result.error == "away":
                self.unreachable = result.message
            elif self.unreachable is not None and result.error != "broken":
                self._answered()

    def _answered(self) -> None:
        """The database has answered. What it did not take before had nothing to do with sizes."""
        self.unreachable = None
        self.recent.forget_refusals()

    def set_doubt(self, why: str) -> None:
        """Confirm nothing until a process has checked the file."""
        self.doubt = f"A write failed ({why}), so the file is being checked."
        _log.error("log.suspect", reason=why)
        if self._suspect_file is not None:
            with suppress(OSError):
                self._suspect_file.touch()

    def ended(self, why: str, *, in_doubt: bool) -> None:
        """The process has ended."""
        if in_doubt and self.doubt is None:
            self.set_doubt(why)
        if self.stopped is None:
            self.stopped = f"The log process is being started again: {why}."

    def open_failed(self, why: str, *, is_unreachable: bool = False) -> None:
        """A process could not open the log; `is_unreachable`: because the database cannot be reached."""
        if is_unreachable:
            self.unreachable = why
        self.stopped = why
        if self.doubt is not None:
            self.doubt = why

    def opened(self) -> None:
        """A process has opened the log, and has checked it if that was required."""
        self.stopped = None
        if self.unreachable is not None:
            self._answered()
        if self.doubt is not None:
            self.doubt = None
            if self._suspect_file is not None:
                with suppress(OSError):
                    self._suspect_file.unlink(missing_ok=True)
