"""Builds the application; may import every package."""

from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from . import clock, keys
from .domain.bins import Bin
from .domain.captures import RawRequest
from .domain.roles import Role
from .errors import StoreUnavailable
from .ingress.server import IngressServer
from .live.frames import FrameCache
from .live.hub import Hub
from .services.access import Access
from .services.alerts.metrics import alert_metrics
from .services.alerts.registry import Alerts
from .services.alerts.sending import AlertSender, mail_settings
from .services.answers import Answers
from .services.audit import AuditLog
from .services.bins import PerBin, first_bin
from .services.captures import Intake
from .services.database import check_token_is_given, database_url
from .services.drills import Drilling
from .services.failed_sign_ins import FailedSignIns
from .services.faults import Faults
from .services.forwards.metrics import forward_metrics
from .services.forwards.registry import Forwards
from .services.held_answers import HeldAnswers
from .services.key_lookups import KeyLookups
from .services.keyring import Keyring
from .services.leases import Lease, lease_metrics
from .services.listeners.metrics import listener_metrics
from .services.listeners.registry import Listeners
from .services.mappings import Mappings
from .services.metrics import Metrics
from .services.privacy import PrivacySettings
from .services.reader_context import context_of
from .services.reconciliations.reconciling import Reconciling
from .services.reconciliations.reconstructing import Reconstructing
from .services.reloading import Reloadable, Reloading
from .services.replays import Replaying
from .services.saved_filters import SavedFilters
from .services.secrets import Secrets
from .services.shares import Shares
from .services.simulations.runs import Simulating
from .services.simulations.shared import SharedRuns
from .services.token_file import find_token
from .services.upkeep.disk import Disk
from .services.upkeep.probe import Probing
from .services.upkeep.retention import Sweeping
from .services.upkeep.settling import Settling
from .services.wiretaps.calling import Wiretapping
from .services.wiretaps.handlers import Handlers
from .services.wiretaps.metrics import wiretap_metrics
from .services.wiretaps.registry import Wiretaps
from .settings import Settings
from .storage.opening import open_archive, open_store
from .storage.postgres.addresses import describe
from .store import Store
from .tasks import start_periodic, stop
from .web.routes import add_routes
from .web.site.audit import record, record_before_sending
from .web.site.condition import CONDITION
from .web.site.headers import add_headers
from .web.site.hosts import parse_host
from .web.site.leaving import end_when_left
from .web.site.middleware import errors_to_http, guard
from .web.site.templates import setup_templates
from .web.site.urls import capture_url, find_server_address, fixed_root, peer_of, public_root


def create_server(settings: Settings) -> IngressServer:
    """The complete server. It opens nothing before it is started."""

    def url_of(address: str, raw: RawRequest, bin: Bin, role: Role) -> str:
        headers = CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers)
        place = find_server_address(settings, address, CIMultiDictProxy(headers), "http")
        # An invalid host is not repeated; then the URL has the address of this server.
        is_host = bool(settings.public_url) or parse_host(place.host) is not None
        return capture_url(public_root(settings, place) if is_host else place.base, bin.key, role)

    return IngressServer(
        create_app(settings),
        peer_of=partial(peer_of, settings) if settings.trusted_proxies else None,
        url_of=url_of,
    )


def create_app(settings: Settings) -> web.Application:
    """The application for `ingress.server.IngressServer`. It opens nothing before it is started."""
    app = web.Application(middlewares=[end_when_left, record, errors_to_http, guard], client_max_size=1 << 20)
    app[keys.SETTINGS] = settings
    app[keys.INSTANCE] = clock.new_id()
    app[keys.HUB] = Hub()
    app[keys.FRAMES] = FrameCache()
    app[keys.METRICS] = Metrics()
    app[keys.SIMULATING] = Simulating()
    app[keys.FAILED_SIGN_INS] = FailedSignIns()
    app[keys.WAITING] = HeldAnswers()
    app[keys.DISK] = Disk(None if settings.uses_postgresql else settings.data_dir)
    app.cleanup_ctx.append(_storage)
    app.cleanup_ctx.append(_periodic_tasks)
    app.on_shutdown.append(_close_hub)
    app.on_response_prepare.append(add_headers)
    app.on_response_prepare.append(record_before_sending)
    setup_templates(app)
    add_routes(app)
    return app


async def _storage(app: web.Application) -> AsyncIterator[None]:
    settings = app[keys.SETTINGS]
    check_token_is_given(settings)
    context, mail, database = context_of(settings), mail_settings(settings), database_url(settings)
    async with open_store(settings.data_dir, context, database) as store:
        token, made_here = find_token(settings)
        app[keys.STORE] = store
        app[keys.DATABASE] = str(settings.log) if database is None else describe(database)
        store.on_change(app[keys.HUB].notify)
        app[keys.AUDIT_LOG] = AuditLog(store, settings.audit_retention)
        app[keys.ACCESS] = Access(store, token, made_here=made_here)
        app[keys.ACCESS].on_end(app[keys.HUB].notify_all)
        _create_services(app, store)
        app[keys.SECRETS] = Secrets(store, app[keys.HUB], context, settings.allow_targets)
        _create_senders(app, store, AlertSender(settings.allow_targets, mail), database or settings.ledger)
        per_bin: list[PerBin] = [
            app[keys.ANSWERS], app[keys.FAULTS], app[keys.MAPPINGS], app[keys.PRIVACY], app[keys.FORWARDS],
            app[keys.LISTENERS], app[keys.WIRETAPS], app[keys.ALERTS], app[keys.SHARES],
        ]  # fmt: skip
        app[keys.PER_BIN] = per_bin
        # The versions of the bins are older than what is read after them.
        await app[keys.KEYRING].start()
        await app[keys.ACCESS].start()
        await app[keys.SHARES].start()
        await app[keys.ANSWERS].start()
        await app[keys.FAULTS].start()
        await app[keys.MAPPINGS].start()
        await app[keys.WIRETAPS].start()
        await app[keys.PRIVACY].start()
        await app[keys.DRILLING].start()
        if store.is_shared:
            _follow_other_servers(app, store)
        await first_bin(store, app[keys.KEYRING])
        _add_metrics(app, store)
        yield


def _create_services(app: web.Application, store: Store) -> None:
    """What captures are stored, answered and shown with."""
    hub = app[keys.HUB]
    app[keys.KEYRING] = Keyring(store)
    app[keys.SHARES] = Shares(store, app[keys.KEYRING], hub.notify)
    app[keys.ANSWERS] = Answers(store, hub)
    app[keys.FAULTS] = Faults(store, hub)
    app[keys.MAPPINGS] = Mappings(store, hub)
    app[keys.PRIVACY] = PrivacySettings(store, hub)
    app[keys.SAVED_FILTERS] = SavedFilters(store, hub)
    app[keys.DRILLING] = Drilling(store, app[keys.FAULTS], hub)
    app[keys.HANDLERS] = Handlers()
    app[keys.RUNS] = SharedRuns(store, app[keys.SIMULATING])
    app[keys.INTAKE] = Intake(
        store, app[keys.KEYRING], app[keys.ANSWERS], app[keys.FAULTS], app[keys.MAPPINGS], app[keys.PRIVACY],
        app[keys.SIMULATING], app[keys.HANDLERS],
    )  # fmt: skip
    app[keys.PROBING] = Probing(store)
    app[keys.SWEEPING] = Sweeping(store, app[keys.SETTINGS].retention)
    app[keys.SETTLING] = Settling(store)


def _create_senders(app: web.Application, store: Store, alert_sender: AlertSender, ledger: Path | str) -> None:
    """What sends requests, and what waits for programs of users. `ledger`: its file, or the URL of its database."""
    settings, hub, secrets = app[keys.SETTINGS], app[keys.HUB], app[keys.SECRETS]
    allowed, own = settings.allow_targets, _own_host(settings)
    app[keys.REPLAYING] = Replaying(store, secrets, allowed)
    app[keys.FORWARDS] = Forwards(store, hub, secrets, allowed, own)
    store.on_change(app[keys.FORWARDS].bin_changed)
    app[keys.WIRETAPPING] = Wiretapping(store, app[keys.WAITING])
    app[keys.WIRETAPS] = Wiretaps(
        store, hub, app[keys.HANDLERS], app[keys.FORWARDS], app[keys.WIRETAPPING].counters, allowed, own,
        settings.public_url,
    )  # fmt: skip
    app[keys.LISTENERS] = Listeners(store, app[keys.HANDLERS], settings.public_url)
    store.on_change(app[keys.LISTENERS].bin_changed)
    app[keys.ALERTS] = Alerts(store, hub, secrets, alert_sender, own=own, root=fixed_root(settings))
    store.on_change(app[keys.ALERTS].bin_changed)
    app[keys.ARCHIVE] = open_archive(settings.data_dir, is_shared=settings.uses_postgresql)
    app[keys.RECONCILING] = Reconciling(store, app[keys.ARCHIVE], ledger, settings.retention)
    app[keys.RECONSTRUCTING] = Reconstructing(store, app[keys.ARCHIVE], allowed)


def _follow_other_servers(app: web.Application, store: Store) -> None:
    """Other servers change the same store."""
    settings: list[Reloadable] = [
        app[keys.ANSWERS], app[keys.FAULTS], app[keys.MAPPINGS], app[keys.PRIVACY], app[keys.WIRETAPS]
    ]  # fmt: skip
    app[keys.KEY_LOOKUPS] = KeyLookups(store, app[keys.KEYRING])
    per_bin = app[keys.PER_BIN]
    app[keys.RELOADING] = Reloading(store, app[keys.HUB], app[keys.KEYRING], settings, per_bin)
    app[keys.RELOADING].start()
    store.on_sign_out(app[keys.ACCESS].ended_elsewhere)


def _add_metrics(app: web.Application, store: Store) -> None:
    app[keys.METRICS].more += [
        app[keys.FAILED_SIGN_INS].metrics,
        partial(forward_metrics, app[keys.FORWARDS]),
        partial(wiretap_metrics, app[keys.WIRETAPPING].counters),
        partial(listener_metrics, app[keys.LISTENERS]),
        partial(alert_metrics, app[keys.ALERTS]),
        partial(lease_metrics, *_leases(app)),
    ]
    app[keys.METRICS].gauges.update(
        viewers=("Viewers connected to bins now.", lambda: app[keys.HUB].viewers),
        store_ok=("1 while the store takes writes.", lambda: float(store.health().state == "ok")),
        ledger_behind=("Captures kept and not parsed yet.", lambda: float(store.ledger_status().behind)),
        ledger_ok=("1 while captures are parsed.", lambda: float(store.ledger_status().state != "stopped")),
        retention_held=("1 while expiry is paused because the clock is not trusted.", lambda: _is_held(app)),
        answers_waiting=("Responses being held now.", lambda: float(app[keys.WAITING].count)),
        audit_unstored=(
            "Entries of the audit log that cannot be written now.",
            lambda: float(app[keys.AUDIT_LOG].unstored),
        ),
    )
    if app[keys.SETTINGS].uses_postgresql:
        return
    app[keys.METRICS].gauges.update(
        log_wal_bytes=("Size of the write-ahead log.", lambda: float(store.health().wal_bytes)),
        disk_free_bytes=("Free bytes on the disk of the data directory.", lambda: _free_bytes(app)),
        disk_low=("1 while less than 256 MiB or 1 % is free.", lambda: float(app[keys.DISK].low)),
    )


async def _periodic_tasks(app: web.Application) -> AsyncIterator[None]:
    await app[keys.DISK].step()
    app[keys.SWEEPING].start()
    # Those of forwards and alerts belong to them.
    leases = [app[keys.SWEEPING].lease, app[keys.SETTLING].lease, app[keys.DRILLING].lease]
    for lease in leases:
        await lease.start()
    tasks = [
        start_periodic(app[keys.SWEEPING].step, name="sweeping"),
        start_periodic(app[keys.SWEEPING].erase_step, name="erasing"),
        start_periodic(app[keys.DRILLING].step, name="drills"),
        start_periodic(app[keys.FAULTS].step, name="faults"),
        start_periodic(app[keys.DISK].step, name="disk"),
        start_periodic(app[keys.KEYRING].step, name="keyring"),
        start_periodic(app[keys.FORWARDS].look, name="forwards"),
        start_periodic(app[keys.LISTENERS].look, name="listeners"),
        start_periodic(app[keys.LISTENERS].follow, name="listeners-elsewhere"),
        start_periodic(lambda: _keep_shares(app), name="shares"),
        start_periodic(app[CONDITION].step, name="condition"),
        start_periodic(app[keys.SETTLING].step, name="unanswered"),
        start_periodic(lambda: _expire_reconciliations(app), name="reconciliations"),
        start_periodic(lambda: _keep_audit_log(app), name="audit"),
    ]
    if keys.RELOADING in app:
        tasks.append(start_periodic(app[keys.RELOADING].step, name="settings"))
    await app[keys.FORWARDS].start()
    await app[keys.ALERTS].start()
    yield
    if keys.KEY_LOOKUPS in app:
        await app[keys.KEY_LOOKUPS].close()
    await app[keys.RUNS].close()
    await app[keys.WIRETAPPING].close()
    await app[keys.FORWARDS].close()
    await app[keys.ALERTS].close()
    await app[keys.LISTENERS].close()
    await app[keys.RECONCILING].close()
    for task in tasks:
        await stop(task)
    for lease in leases:
        await lease.stop()
        await lease.release()
    with suppress(StoreUnavailable):
        await app[keys.SETTLING].release()
    with suppress(StoreUnavailable):
        await app[keys.SHARES].write_views()
    await app[keys.AUDIT_LOG].write()


def _leases(app: web.Application) -> list[Lease]:
    """For works that one of several servers does."""
    return [
        app[keys.FORWARDS].lease, app[keys.ALERTS].lease, app[keys.DRILLING].lease, app[keys.SWEEPING].lease,
        app[keys.SETTLING].lease,
    ]  # fmt: skip


def _own_host(settings: Settings) -> str | None:
    return urlsplit(settings.public_url).netloc if settings.public_url else None


async def _expire_reconciliations(app: web.Application) -> float:
    return await app[keys.RECONCILING].step(may_expire=app[keys.SWEEPING].is_trusted)


async def _keep_shares(app: web.Application) -> float:
    return await app[keys.SHARES].step(may_delete=app[keys.SWEEPING].lease.may_begin)


async def _keep_audit_log(app: web.Application) -> float:
    sweeping = app[keys.SWEEPING]
    return await app[keys.AUDIT_LOG].step(may_expire=sweeping.is_trusted, may_trim=sweeping.lease.may_begin)


def _is_held(app: web.Application) -> float:
    return float(app[keys.SWEEPING].held is not None)


def _free_bytes(app: web.Application) -> float:
    space = app[keys.DISK].space
    return float("nan") if space is None else float(space.free)


async def _close_hub(app: web.Application) -> None:
    app[keys.LISTENERS].stop()
    app[keys.HUB].close()
