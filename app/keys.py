"""The typed keys of the application and of requests."""

from aiohttp import web

from .domain.access import Caller
from .live.frames import FrameCache, Frames
from .live.hub import Hub
from .services.access import Access
from .services.alerts.registry import Alerts
from .services.answers import Answers
from .services.audit import AuditLog
from .services.bins import PerBin
from .services.captures import Intake
from .services.drills import Drilling
from .services.failed_sign_ins import FailedSignIns
from .services.faults import Faults
from .services.forwards.registry import Forwards
from .services.held_answers import HeldAnswers
from .services.key_lookups import KeyLookups
from .services.keyring import Keyring
from .services.listeners.registry import Listeners
from .services.mappings import Mappings
from .services.metrics import Metrics
from .services.privacy import PrivacySettings
from .services.reconciliations.reconciling import Reconciling
from .services.reconciliations.reconstructing import Reconstructing
from .services.reloading import Reloading
from .services.replays import Replaying
from .services.saved_filters import SavedFilters
from .services.secrets import Secrets
from .services.shares import Shares
from .services.simulations.runs import Simulating
from .services.simulations.shared import SharedRuns
from .services.upkeep.disk import Disk
from .services.upkeep.probe import Probing
from .services.upkeep.retention import Sweeping
from .services.upkeep.settling import Settling
from .services.wiretaps.calling import Wiretapping
from .services.wiretaps.handlers import Handlers
from .services.wiretaps.registry import Wiretaps
from .settings import Settings
from .store import ReconciliationArchive, Store

SETTINGS = web.AppKey("SETTINGS", Settings)
INSTANCE = web.AppKey("INSTANCE", str)
"""Identifies the running server, so that `doctor` can check whether the public URL leads to it."""
STORE = web.AppKey("STORE", Store)
DATABASE = web.AppKey("DATABASE", str)
"""Where the data is, as it may be shown: the file of the log, or the URL of the database without its password."""
HUB = web.AppKey("HUB", Hub)
FRAMES = web.AppKey("FRAMES", FrameCache[Frames])
KEYRING = web.AppKey("KEYRING", Keyring)
KEY_LOOKUPS = web.AppKey("KEY_LOOKUPS", KeyLookups)
"""Missing if the store is not shared."""
RELOADING = web.AppKey("RELOADING", Reloading)
"""Missing if the store is not shared."""
ACCESS = web.AppKey("ACCESS", Access)
FAILED_SIGN_INS = web.AppKey("FAILED_SIGN_INS", FailedSignIns)
AUDIT_LOG = web.AppKey("AUDIT_LOG", AuditLog)
DRILLING = web.AppKey("DRILLING", Drilling)
INTAKE = web.AppKey("INTAKE", Intake)
SIMULATING = web.AppKey("SIMULATING", Simulating)
RUNS = web.AppKey("RUNS", SharedRuns)
REPLAYING = web.AppKey("REPLAYING", Replaying)
SWEEPING = web.AppKey("SWEEPING", Sweeping)
SETTLING = web.AppKey("SETTLING", Settling)
ALERTS = web.AppKey("ALERTS", Alerts)
ANSWERS = web.AppKey("ANSWERS", Answers)
FAULTS = web.AppKey("FAULTS", Faults)
HANDLERS = web.AppKey("HANDLERS", Handlers)
WIRETAPS = web.AppKey("WIRETAPS", Wiretaps)
WIRETAPPING = web.AppKey("WIRETAPPING", Wiretapping)
FORWARDS = web.AppKey("FORWARDS", Forwards)
PRIVACY = web.AppKey("PRIVACY", PrivacySettings)
LISTENERS = web.AppKey("LISTENERS", Listeners)
PER_BIN = web.AppKey("PER_BIN", list[PerBin])
MAPPINGS = web.AppKey("MAPPINGS", Mappings)
WAITING = web.AppKey("WAITING", HeldAnswers)
DISK = web.AppKey("DISK", Disk)
METRICS = web.AppKey("METRICS", Metrics)
SAVED_FILTERS = web.AppKey("SAVED_FILTERS", SavedFilters)
SECRETS = web.AppKey("SECRETS", Secrets)
SHARES = web.AppKey("SHARES", Shares)
RECONCILING = web.AppKey("RECONCILING", Reconciling)
RECONSTRUCTING = web.AppKey("RECONSTRUCTING", Reconstructing)
ARCHIVE = web.AppKey("ARCHIVE", ReconciliationArchive)
PROBING = web.AppKey("PROBING", Probing)

# Keys of a request.
NONCE = web.RequestKey("NONCE", str)
CALLER = web.RequestKey("CALLER", Caller)
"""Who makes the request; missing for a public route without a credential."""
MASKED = web.RequestKey("MASKED", bool)
"""The response must be masked, whatever the settings of the bin are."""
