"""Rendering: one environment, one way to turn a page dataclass into an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp_jinja2
import jinja2
from aiohttp import web

from ... import __version__, clock, keys
from ...domain.bins import KEY, PROVIDER_TITLES, Bin
from ...domain.captures import RawRequest
from ...domain.faults import ActiveFault
from ...domain.phones import show_phone
from ...domain.roles import Role
from ...domain.units import rfc3339, say_duration, say_gap, say_ms, say_size
from ...egress.gate import BLOCKED
from ...services.large import work_on
from ..words import drills as drill_words
from ..words.faults import fault_words, key_of, say_fault, say_left, say_reach
from ..words.titles import KIND_TITLES, LETTERS, ROLE_TITLES, STATES, look_of_message, provider_name, remark_of
from .addresses import message_anchor, message_path, pair_anchor, pair_path
from .condition import CONDITION, Condition, Trouble
from .faults import faults_of
from .filters import CAPTURE_VIEWS
from .static import ASSETS, load_static
from .urls import capture_url, place_of, public_root

PACKAGE = Path(__file__).parents[2]
# What live frames are made of.
_LIVE = (
    "_kit.html", "captures/_row.html", "captures/_counts.html", "messages/_row.html", "conversations/_pair.html",
    "conversations/_bubble.html", "compare/_row.html", "faults/_banner.html", "faults/_now.html",
    "site/_condition.html",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page knows. `base` prefixes links, `root` the addresses to paste; `loopback`: no reach;
    `troubles` are what a person should know of storing and reading. `faults` are on in the bin that the page is about,
    `back` is the page's own path, to come back to."""

    base: str
    root: str
    nonce: str
    static: str
    signed_in: bool
    loopback: bool
    version: str
    retention: str
    troubles: Sequence[Trouble]
    storage_key: str
    faults: Sequence[ActiveFault]
    back: str
    now: datetime
    max_body: int


def folder(name: str) -> Path:
    """`templates` or `static`: inside the package where it is installed, beside it in the checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def setup_templates(app: web.Application) -> None:
    """What pages and live edits are made of."""
    app[aiohttp_jinja2.APP_KEY] = _environment()
    app[ASSETS] = load_static(folder("static"))
    app[CONDITION] = Condition(app)


@cache
def _environment() -> jinja2.Environment:
    """Escaped always, and an unknown name is an error. The applications of a process share it: compiling costs most of
    the time that it takes to make one."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        phone=show_phone,
        utc=rfc3339,
        duration=say_duration,
        size=say_size,
        provider=_provider_title,
        provider_name=provider_name,
        short_target=short_target,
        gap=say_gap,
        seconds=_say_seconds,
        ms=say_ms,
        remark=remark_of,
        look=look_of_message,
        anchor=message_anchor,
        said_fault=say_fault,
        reach=say_reach,
        fault_words=fault_words,
        faults_key=key_of,
        host=_host_of,
    )
    environment.globals.update(
        roles=list(Role),
        letters=LETTERS,
        role_titles=ROLE_TITLES,
        kinds=KIND_TITLES,
        states=STATES,
        capture_views=CAPTURE_VIEWS,
        message_path=message_path,
        pair_anchor=pair_anchor,
        pair_path=pair_path,
        say_left=say_left,
        drill_words=drill_words,
        blocked=BLOCKED,
    )
    # Compiled now: the first live frame would hold the captures beside it for 25 ms.
    for name in _LIVE:
        environment.get_template(name)
    return environment


def render(request: web.Request, template: str, page: Any, *, status: int = 200) -> web.Response:
    """A page: its dataclass as `page`, the site as `site`."""
    return _html(_text_of(request.app, template, page, site_of(request)), status)


async def render_of(
    raws: Iterable[RawRequest], request: web.Request, template: str, page: Any, *, status: int = 200
) -> web.Response:
    """A page that shows these requests, which may be large."""
    text = await work_on(raws, _text_of, request.app, template, page, site_of(request))
    return _html(text, status)


def _text_of(app: web.Application, template: str, page: Any, site: Site) -> bytes:
    return aiohttp_jinja2.get_env(app).get_template(template).render(page=page, site=site).encode()


def _html(body: bytes, status: int) -> web.Response:
    return web.Response(
        status=status, body=body, content_type="text/html", charset="utf-8", headers={"Vary": "X-Partial"}
    )


def site_of(request: web.Request) -> Site:
    """The facts around a page."""
    settings = request.app[keys.SETTINGS]
    condition = request.app[CONDITION]
    condition.look()
    place = place_of(request)
    root = public_root(settings, place)
    return Site(
        base=place.base,
        root=root,
        nonce=request[keys.NONCE],
        static=f"{place.base}/static/{request.app[ASSETS].version}",
        signed_in=request.get(keys.SIGNED_IN, False),
        loopback=_is_loopback(root),
        version=__version__,
        retention=say_duration(settings.retention),
        troubles=condition.troubles,
        storage_key=condition.key,
        faults=faults_of(request.app, request.match_info.get("bin", "")),
        back=request.path_qs.removeprefix(settings.base_path) if request.method == "GET" else "",
        now=clock.now(),
        max_body=settings.max_body,
    )


def urls_of(root: str, bin: Bin) -> dict[Role, str]:
    """A bin's addresses by role."""
    return {role: capture_url(root, bin.key, role) for role in Role}


def retention_of(bin: Bin, default: timedelta) -> timedelta:
    """What counts for this bin."""
    return default if bin.retention is None else bin.retention


def short_target(target: str) -> str:
    """A target for a row: without the capture key, and not longer than a line."""
    return KEY.sub("…", target, count=1)[:160]


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _say_seconds(seconds: float) -> str:
    return say_gap(timedelta(seconds=seconds))


def _provider_title(name: str | None) -> str:
    return PROVIDER_TITLES.get(name or "", "Detect")


def _is_loopback(root: str) -> bool:
    host = root.partition("://")[2].partition("/")[0]
    return host.startswith(("127.", "localhost", "[::1]", "0.0.0.0", "10.", "192.168."))  # noqa: S104
