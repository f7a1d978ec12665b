"""The Store on any engine: a log process and a ledger process, which the server only reads after."""

from collections.abc import Callable, Sequence
from datetime import datetime

from .. import clock
from ..domain.units import from_micros, micros
from ..errors import StoreUnavailable
from .children import Program
from .ledger.client import LedgerClient
from .ledger.protocol import LedgerBegins, encode
from .log import jobs
from .log.client import LogClient
from .log.results import LogPosition
from .reads.access import AccessReads
from .reads.alerts import AlertReads
from .reads.audit import AuditReads
from .reads.base import DatabaseReads
from .reads.captures import CaptureReads
from .reads.decisions import DecisionReads
from .reads.forwards import ForwardReads
from .reads.listeners import ListenerReads
from .reads.pairings import PairingReads
from .reads.privacy import PrivacyReads
from .reads.reader_settings import ReaderSettingsReads
from .reads.reconciliations import ReconciliationReads
from .reads.saved_filters import SavedFilterReads
from .reads.settling import SettlingReads
from .reads.shares import ShareReads
from .reads.simulations import SimulationReads
from .reads.values import ValueReads
from .reads.volume import VolumeReads
from .writes import StoreWrites

# The module of the child process that parses captures with the data sheets of the providers.
FOLLOWER = f"{__package__.split('.')[0]}.follower"
LOG_READERS, LEDGER_READERS = 2, 3
# The time limit of reads of the ledger. Reads of the log have none, as they look up rows by number.
LEDGER_READ_S = 1.0
# How long a start waits for the ledger; captures are stored without it.
LEDGER_OPEN_S = 10.0


def follower_program(place: Sequence[str], begins: LedgerBegins) -> Program:
    """The ledger process of a place."""
    return Program(FOLLOWER, place, encode(begins))


class BaseStore(
    StoreWrites, AccessReads, AlertReads, AuditReads, CaptureReads, PairingReads, VolumeReads, DecisionReads,
    ForwardReads, ListenerReads, ReaderSettingsReads, PrivacyReads, ReconciliationReads, SavedFilterReads,
    SettlingReads, ShareReads, SimulationReads, ValueReads,
):  # fmt: skip
    """Implements `Store`, which documents the methods. An engine makes the clients of both processes, and the readers
    of both databases."""

    _log: DatabaseReads
    _ledger: DatabaseReads
    _appender: LogClient
    _follower: LedgerClient

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []
        self._numbers: dict[str, int] = {}
        self._seen_at: datetime | None = None
        self._found: dict[int, int] = {}

    async def open(self) -> None:
        """Start both processes. Raises CannotStart if the log cannot be opened."""
        opened = await self._appender.start()
        self._seen_at = None if opened.seen_at is None else from_micros(opened.seen_at)
        positions = await self._positions()
        self._found = {position.bin: position.n for position in positions}
        await self._follower.start(positions, LEDGER_OPEN_S)

    async def close(self) -> None:
        """Write what is queued, give the ledger a moment to catch up, and end both processes."""
        try:
            if self._appender.health().state == "ok":
                await self._appender.submit(jobs.EndRun(micros(clock.now())))
        except StoreUnavailable:
            pass  # the next start handles it as a crash
        # Other programs may read the ledger while no server runs.
        await self._follower.all_caught_up()
        await self._follower.close()
        for readers in (self._ledger, self._log):
            await readers.close()
        await self._appender.close()

    def on_change(self, call: Callable[[str], None]) -> None:
        self._listeners.append(call)

    async def _positions(self) -> list[LogPosition]:
        return [LogPosition(*row) for row in await self._log.all("all_marks", {})]

    def _ledger_problem(self) -> str:
        reason = self._follower.ledger_status().reason or "the ledger is being opened"
        return f"What was understood cannot be read at the moment: {reason}. What comes is kept, and read soon."

    def _log_grew(self, positions: Sequence[LogPosition]) -> None:
        self._follower.log_grew(positions)

    def _changed(self, bin_id: str) -> None:
        for call in self._listeners:
            call(bin_id)
