"""Rendering of page dataclasses with Jinja."""

from collections.abc import Callable, Iterable, Sequence
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
from ...domain.access import AccessRole, Caller, CallerKind
from ...domain.bins import KEY, Bin
from ...domain.captures import RawRequest
from ...domain.faults import ActiveFault
from ...domain.forwards.model import StoredForward
from ...domain.media import media_files, media_text, media_types
from ...domain.phones import show_phone
from ...domain.providers import PROVIDER_TITLES
from ...domain.replays import without_secrets
from ...domain.roles import Role
from ...domain.search import EXAMPLES, VALUES
from ...domain.units import duration_text, from_micros, gap_text, ms_text, rfc3339, size_text
from ...domain.visible import show_controls, show_overrides
from ...egress.gate import BLOCKED
from ...services.large import work_on
from ...tasks import run_in_thread
from ..words import drills as drill_words
from ..words.alerts import ALERT_FILTERS, ALERT_GLOBALS
from ..words.audit import ACTION_GROUPS, AUDIT_FILTERS, RESULT_LOOKS, VIA_TITLES
from ..words.faults import fault_text, fault_words, key_of, reach_text, remaining_text
from ..words.forwards import FORWARD_FILTERS, FORWARD_STATES, TRIGGER_TITLES, trouble_text
from ..words.portals import chosen_sheet
from ..words.titles import KIND_TITLES, LETTERS, ROLE_TITLES, STATES, look_of_message, provider_name, remark_of
from . import pages
from .addresses import message_anchor, message_path, pair_path
from .alerts import ShownAlerts, alerts_of
from .condition import CONDITION, Notice, ServerCondition
from .faults import faults_of
from .filters import CAPTURE_VIEWS, value_suffix
from .listeners import ShownListeners, listeners_of
from .static import ASSETS, load_static
from .urls import capture_url, public_root, server_address

PACKAGE = Path(__file__).parents[2]
# The partials of live frames.
_LIVE = (
    "_kit.html", "captures/_row.html", "captures/_counts.html", "captures/_forwarded.html", "messages/_row.html",
    "conversations/_pair.html", "conversations/_bubble.html", "compare/_row.html", "faults/_banner.html",
    "faults/_now.html", "site/_condition.html", "alerts/_banner.html",
    "listeners/_banner.html",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The facts that every page shows. `caller` is who looks at it. `base` prefixes links, `root` the addresses to
    paste; `loopback`: no reach; `troubles` are what a person should know of storing and reading. `faults` are on in the
    bin that the page is about, `forwards` are those of it that do not send as usual, `listeners` those that lag,
    `wiretaps` its roles that a handler answers, `alerts` those that fire, `back` is the page's own path, to come back
    to."""

    base: str
    root: str
    nonce: str
    static: str
    caller: Caller | None
    loopback: bool
    version: str
    retention: str
    troubles: Sequence[Notice]
    storage_key: str
    faults: Sequence[ActiveFault]
    forwards: Sequence[StoredForward]
    listeners: ShownListeners
    wiretaps: Sequence[Role]
    alerts: ShownAlerts
    back: str
    now: datetime
    max_body: int

    @property
    def signed_in(self) -> bool:
        """Whether a user has signed in."""
        return self.caller is not None and not self.is_shared

    @property
    def is_shared(self) -> bool:
        """Whether the page is that of a share, without links to other pages."""
        return self.caller is not None and self.caller.kind is CallerKind.SHARE

    @property
    def is_read_only(self) -> bool:
        """Whether the page is for a user who may change nothing."""
        return self.caller is not None and not self.caller.may(AccessRole.WRITE)

    @property
    def may_add_bins(self) -> bool:
        """Whether to offer a new bin."""
        return self.caller is not None and self.caller.may(AccessRole.WRITE) and self.caller.bins is None

    @property
    def is_admin(self) -> bool:
        """Whether to offer the settings of the server."""
        return self.caller is not None and self.caller.may(AccessRole.ADMIN) and self.caller.bins is None

    @property
    def can_sign_out(self) -> bool:
        """Whether there is something to sign out of here, and not at the proxy."""
        return self.caller is not None and self.caller.kind is not CallerKind.PROXY


def folder(name: str) -> Path:
    """`templates` or `static`: inside the package where it is installed, next to it in the checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def setup_templates(app: web.Application) -> None:
    """Set up the Jinja environment of pages and live edits."""
    app[aiohttp_jinja2.APP_KEY] = _environment()
    app[ASSETS] = load_static(folder("static"))
    app[CONDITION] = ServerCondition(app)


@cache
def _environment() -> jinja2.Environment:
    """With autoescape, and with an error for unknown names. Shared by all applications of a process, because compiling
    takes most of the time of starting one."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters.update(_FILTERS)
    environment.globals.update(_GLOBALS, with_imports=load_static(folder("static")).with_imports)
    # Compiled at start: compiling with the first live frame would delay captures by 25 ms.
    for name in _LIVE:
        environment.get_template(name)
    return environment


def render(request: web.Request, template: str, page: Any, *, status: int = 200) -> web.Response:
    """The response of a page: its dataclass is `page` in the template, the site is `site`."""
    return _html(_text_of(request.app, template, page, site_of(request)), status)


async def render_of(
    raws: Iterable[RawRequest],
    request: web.Request,
    template: str,
    page: Any,
    *,
    status: int = 200,
    is_long: bool = False,
) -> web.Response:
    """The response of a page with these requests, rendered in a thread when they are large, or the page `is_long`."""
    site = site_of(request)
    if is_long:
        text = await run_in_thread(_text_of, request.app, template, page, site)
    else:
        text = await work_on(raws, _text_of, request.app, template, page, site)
    return _html(text, status)


def _text_of(app: web.Application, template: str, page: Any, site: Site) -> bytes:
    return aiohttp_jinja2.get_env(app).get_template(template).render(page=page, site=site).encode()


def _html(body: bytes, status: int) -> web.Response:
    return web.Response(
        status=status, body=body, content_type="text/html", charset="utf-8", headers={"Vary": "X-Partial"}
    )


def site_of(request: web.Request) -> Site:
    """The facts that every page shows, for this request."""
    settings = request.app[keys.SETTINGS]
    condition = request.app[CONDITION]
    condition.update()
    server = server_address(request)
    root = public_root(settings, server)
    return Site(
        base=server.base,
        root=root,
        nonce=request[keys.NONCE],
        static=f"{server.base}/static/{request.app[ASSETS].version}",
        caller=request.get(keys.CALLER),
        loopback=_is_loopback(root),
        version=__version__,
        retention=duration_text(settings.retention),
        troubles=condition.troubles,
        storage_key=condition.key,
        faults=faults_of(request.app, request.match_info.get("bin", "")),
        forwards=[
            each
            for each in request.app[keys.FORWARDS].of(request.match_info.get("bin", ""))
            if trouble_text(each.health) is not None
        ],
        listeners=listeners_of(request.app, request.match_info.get("bin", "")),
        wiretaps=sorted(request.app[keys.HANDLERS].roles_of(request.match_info.get("bin", "")), key=list(Role).index),
        alerts=alerts_of(request.app, request.match_info.get("bin", "")),
        back=request.path_qs.removeprefix(settings.base_path) if request.method == "GET" else "",
        now=clock.now(),
        max_body=settings.max_body,
    )


def urls_of(root: str, bin: Bin) -> dict[Role, str]:
    """A bin's addresses by role."""
    return {role: capture_url(root, bin.key, role) for role in Role}


def retention_of(bin: Bin, default: timedelta) -> timedelta:
    """The retention of a bin: its own, else the server's."""
    return default if bin.retention is None else bin.retention


def short_target(target: str) -> str:
    """The request target for a row: without the capture key, and truncated."""
    return KEY.sub("…", target, count=1)[:160]


def _visible(value: object) -> object:
    """What a template prints: captured texts have controls that a browser would drop. `|e` prints a text as it is."""
    return show_controls(value) if type(value) is str else value


def _party_text(party: str) -> str:
    return show_overrides(show_phone(party))


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _seconds_text(seconds: float) -> str:
    return gap_text(timedelta(seconds=seconds))


def _provider_title(name: str | None) -> str:
    return PROVIDER_TITLES.get(name or "", "Detect")


def _is_loopback(root: str) -> bool:
    host = root.partition("://")[2].partition("/")[0]
    return host.startswith(("127.", "localhost", "smsbin.localhost", "[::1]", "0.0.0.0", "10.", "192.168."))  # noqa: S104


_FILTERS: dict[str, Callable[..., Any]] = {
    "phone": _party_text,
    "forwards": show_overrides,
    "utc": rfc3339,
    "duration": duration_text,
    "size": size_text,
    "provider": _provider_title,
    "provider_name": provider_name,
    "short_target": short_target,
    "gap": gap_text,
    "seconds": _seconds_text,
    "ms": ms_text,
    "remark": remark_of,
    "look": look_of_message,
    "media_files": media_files,
    "media_text": media_text,
    "media_types": media_types,
    "anchor": message_anchor,
    "said_fault": fault_text,
    "reach": reach_text,
    "fault_words": fault_words,
    "faults_key": key_of,
    "host": _host_of,
    "value_suffix": value_suffix,
    "without_secrets": without_secrets,
    "from_us": from_micros,
    **AUDIT_FILTERS,
    **FORWARD_FILTERS,
    **ALERT_FILTERS,
}
_GLOBALS: dict[str, Any] = {
    "roles": list(Role),
    "letters": LETTERS,
    "provider_titles": PROVIDER_TITLES,
    "role_titles": ROLE_TITLES,
    "kinds": KIND_TITLES,
    "states": STATES,
    "capture_views": CAPTURE_VIEWS,
    "message_path": message_path,
    "pair_path": pair_path,
    "remaining_text": remaining_text,
    "drill_words": drill_words,
    "blocked": BLOCKED,
    "filter_examples": EXAMPLES,
    "filter_values": VALUES,
    "links": pages,
    "capture_url": capture_url,
    "chosen_sheet": chosen_sheet,
    "forward_states": FORWARD_STATES,
    "action_groups": list(ACTION_GROUPS.items()),
    "via_titles": VIA_TITLES,
    "result_looks": RESULT_LOOKS,
    "trigger_titles": TRIGGER_TITLES,
    **ALERT_GLOBALS,
}
