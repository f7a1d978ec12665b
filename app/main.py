"""Puts the house together; the only module that knows all rooms."""

from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from . import keys
from .live.frames import FrameCache
from .live.hub import Hub
from .log import get_log
from .services.access import Access, find_token
from .services.answers import Answers
from .services.bins import first_bin
from .services.disk import Disk, watch_for_ever
from .services.drilling import Drilling
from .services.faults import Faults
from .services.intake import Intake
from .services.keyring import Keyring
from .services.metrics import Metrics
from .services.outcomes import Outcomes
from .services.replaying import Replaying
from .services.simulating import Simulating
from .services.sweeping import sweep_for_ever
from .services.waiting import Waiting
from .services.watching import end_faults_for_ever, index_for_ever, mark_missing_for_ever, mark_stuck_for_ever
from .settings import Settings
from .storage import open_store
from .tasks import lifelong, stop
from .web.headers import add_headers
from .web.middleware import errors_to_http, guard
from .web.page import setup_templates
from .web.routes import add_routes

_log = get_log("main")

# No answer is held back longer, from the head of its request to its last byte.
LONGEST_WAIT = timedelta(seconds=200)
STOPPED = "smsbin was stopped before it knew what became of the answer."


def create_app(settings: Settings) -> web.Application:
    """The application for `web.server.FrontRunner`. Opens nothing before it is started."""
    app = web.Application(middlewares=[errors_to_http, guard], client_max_size=1 << 20)
    app[keys.SETTINGS] = settings
    app[keys.HUB] = Hub()
    app[keys.FRAMES] = FrameCache()
    app[keys.METRICS] = Metrics()
    app[keys.SIMULATING] = Simulating()
    app[keys.WAITING] = Waiting()
    app[keys.DISK] = Disk(settings.data_dir)
    app.cleanup_ctx.append(_storage)
    app.cleanup_ctx.append(_by_itself)
    app.on_shutdown.append(_dismiss_viewers)
    app.on_shutdown.append(_end_waits)
    app.on_response_prepare.append(add_headers)
    setup_templates(app)
    add_routes(app)
    return app


async def _storage(app: web.Application) -> AsyncIterator[None]:
    settings = app[keys.SETTINGS]
    async with open_store(settings.database) as store:
        token, made_here = find_token(settings)
        app[keys.STORE] = store
        app[keys.KEYRING] = Keyring(store)
        app[keys.OUTCOMES] = Outcomes(store, app[keys.HUB])
        app[keys.ANSWERS] = Answers(store, app[keys.HUB])
        app[keys.FAULTS] = Faults(store, app[keys.HUB])
        app[keys.DRILLING] = Drilling(store, app[keys.FAULTS], app[keys.HUB])
        app[keys.INTAKE] = Intake(
            store, app[keys.HUB], app[keys.ANSWERS], app[keys.FAULTS], app[keys.SIMULATING]
        )  # fmt: skip
        app[keys.REPLAYING] = Replaying(store, settings.allow_targets)
        app[keys.ACCESS] = Access(store, token, made_here=made_here)
        await app[keys.ACCESS].start()
        await app[keys.ANSWERS].start()
        await app[keys.FAULTS].start()
        await app[keys.DRILLING].start()
        await store.settle_unanswered(LONGEST_WAIT, STOPPED)
        await first_bin(store)
        app[keys.METRICS].gauges.update(
            viewers=("Viewers that follow a bin now.", lambda: app[keys.HUB].viewers),
            store_ok=("1 while the store takes writes.", lambda: float(store.health().state == "ok")),
            answers_waiting=("Answers that are held back on purpose now.", lambda: float(app[keys.WAITING].count)),
            disk_free_bytes=("Room on the disk of the data directory.", lambda: _free_bytes(app)),
            disk_low=("1 while less than 256 MiB or 1 % is left.", lambda: float(app[keys.DISK].low)),
        )
        yield
        app[keys.OUTCOMES].write()


async def _by_itself(app: web.Application) -> AsyncIterator[None]:
    store, hub, disk = app[keys.STORE], app[keys.HUB], app[keys.DISK]
    await disk.look()
    tasks = [
        lifelong(sweep_for_ever(store, app[keys.SETTINGS].retention), name="sweeping"),
        lifelong(mark_stuck_for_ever(store, hub), name="stuck"),
        lifelong(app[keys.DRILLING].watch_for_ever(), name="drills"),
        lifelong(end_faults_for_ever(app[keys.FAULTS]), name="faults"),
        lifelong(mark_missing_for_ever(store, hub), name="missing"),
        lifelong(index_for_ever(store), name="indexing"),
        lifelong(watch_for_ever(disk), name="disk"),
    ]
    yield
    await app[keys.SIMULATING].close()
    for task in tasks:
        await stop(task)


def _free_bytes(app: web.Application) -> float:
    space = app[keys.DISK].space
    return float("nan") if space is None else float(space.free)


async def _end_waits(app: web.Application) -> None:
    app[keys.WAITING].stop()


async def _dismiss_viewers(app: web.Application) -> None:
    app[keys.HUB].close()
