"""The Store protocol: the interface between smsbin and its storage engine.

`tests/storage/test_contract.py` runs against every engine. Rules for all methods: a write is durable when it returns
(P2); `n` has no gaps inside a bin because it is assigned in the transaction that writes the bytes (P3); an unknown
bin or number raises `NotFound`; a write that cannot be made now raises `StoreUnavailable`, after `COMMIT_WAIT_S` at
the latest. A read is stopped after about one second, and when the task that waits for it is cancelled. The ledger
follows the log (P11): a read waits at most `READ_WAIT_S` until it can show everything that was acknowledged when the
read began, and then shows what is there.
"""

from typing import Protocol

from .alerts import AlertStore
from .audit import AuditStore
from .bins import BinStore
from .captures import CaptureStore, StepResult
from .decisions import DecisionStore
from .filters import FilterStore
from .forwards import ForwardStore
from .ledger import LedgerStatus
from .listeners import ListenerStore
from .messages import MessageStore
from .pairings import PairingStore
from .privacy import PrivacyStore
from .reconciliations import ReconciliationArchive, ReconciliationStore
from .servers import ServerStore
from .sessions import Session, SessionStore, TokenStore
from .shares import ShareStore
from .simulations import SimulationStore
from .upkeep import Health, SweepResult, UpkeepStore
from .volume import VolumeStore

__all__ = [
    "COMMIT_WAIT_S",
    "READ_WAIT_S",
    "Health",
    "LedgerStatus",
    "ReconciliationArchive",
    "Session",
    "StepResult",
    "Store",
    "SweepResult",
]

# The tightest provider known gives up after 5 s (Dialpad's webhook documentation); 503 must reach it before.
COMMIT_WAIT_S = 4.0
READ_WAIT_S = 1.0


class Store(
    AuditStore,
    BinStore,
    CaptureStore,
    MessageStore,
    PairingStore,
    VolumeStore,
    DecisionStore,
    FilterStore,
    ForwardStore,
    PrivacyStore,
    AlertStore,
    ListenerStore,
    ReconciliationStore,
    SessionStore,
    TokenStore,
    ShareStore,
    ServerStore,
    SimulationStore,
    UpkeepStore,
    Protocol,
):
    """Bins, captures, messages and pairings derived from them, and what users have set."""
