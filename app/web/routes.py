"""The door plan: every URL on one page, each public or private on purpose.

Private wants the access token or a signed-in browser; a test compares the public ones with an allow-list.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from .. import keys
from . import (
    answer_pages,
    auth,
    bins,
    captures,
    compare,
    conversations,
    docs,
    drills,
    fault_pages,
    guide,
    health,
    home,
    live,
    messages,
    simulate,
    static,
)
from .api import answers as api_answers
from .api import bins as api_bins
from .api import captures as api_captures
from .api import comparison as api_comparison
from .api import drills as api_drills
from .api import exports as api_exports
from .api import info as api_info
from .api import live as api_live
from .api import messages as api_messages
from .api import replays as api_replays
from .api import simulations as api_simulations
from .bodies import postpone
from .middleware import PUBLIC

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
N = "{n:[0-9]{1,18}}"
# An id may hold anything, braces and line breaks too.
MESSAGE = "{provider}/{message_id:[^/]+}"
M = "{m:[0-9]{1,18}}"
PAIR = "{theirs:[^/]+}/{ours:[^/]+}"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the plan; `name` is the path in words."""

    method: str
    path: str
    handler: Handler
    name: str
    public: bool


def public(method: str, path: str, handler: Handler, name: str) -> Route:
    """Open to everybody: nothing captured may ever be read here (P8)."""
    return Route(method, path, handler, name, True)


def private(method: str, path: str, handler: Handler, name: str) -> Route:
    """For those who hold the access token."""
    return Route(method, path, handler, name, False)


ROUTES = [
    # Capture URLs, `/{key}` and whatever follows, never come here: `ingress/` keeps them.
    public("GET", "/healthz", health.alive, "healthz"),
    public("GET", "/readyz", health.ready, "readyz"),
    public("GET", "/robots.txt", health.robots, "robots"),
    public("GET", "/static/{path:.+}", static.serve, "static"),
    public("GET", "/sign-in", auth.form, "sign_in"),
    public("POST", "/sign-in", auth.sign_in, "sign_in_form"),
    public("GET", "/docs", docs.show, "docs"),
    public("GET", "/docs/guide", guide.index, "guide"),
    public("GET", "/docs/guide/{page:[a-z-]+}", guide.show, "guide-page"),
    public("GET", "/api/v1/openapi.json", docs.openapi, "openapi"),
    private("POST", "/sign-out", auth.sign_out, "sign_out"),
    private("GET", "/metrics", health.metrics, "metrics"),
    # Pages
    private("GET", "/", home.index, "home"),
    private("POST", "/bins", home.create, "bin-create"),
    private("POST", "/retention/confirm", home.confirm_time, "retention-confirm"),
    private("GET", "/bins/{bin}", captures.index, "bin"),
    private("GET", "/bins/{bin}/rows", captures.rows, "bin-rows"),
    private("GET", "/bins/{bin}/live", live.follow_page, "bin-live"),
    private("POST", "/bins/{bin}/clear", captures.clear, "bin-clear"),
    private("GET", "/bins/{bin}/others", bins.others, "bin-others"),
    private("GET", "/bins/{bin}/settings", bins.settings, "bin-settings"),
    private("POST", "/bins/{bin}/settings", bins.save, "bin-save"),
    private("GET", "/bins/{bin}/answers", answer_pages.index, "bin-answers"),
    private("POST", "/bins/{bin}/answers", answer_pages.save, "bin-answers-save"),
    private("POST", "/bins/{bin}/answers/preview", answer_pages.check, "bin-answers-check"),
    private("GET", "/bins/{bin}/faults", fault_pages.index, "bin-faults"),
    private("POST", "/bins/{bin}/faults/{role}", fault_pages.set_fault, "bin-fault-set"),
    private("POST", "/bins/{bin}/faults/{role}/heal", fault_pages.heal, "bin-fault-heal"),
    private("POST", "/bins/{bin}/rotate-key", bins.rotate_key, "bin-rotate-key"),
    private("POST", "/bins/{bin}/reread", bins.reread, "bin-reread"),
    private("GET", "/bins/{bin}/delete", bins.confirm_delete, "bin-confirm-delete"),
    private("POST", "/bins/{bin}/delete", bins.delete, "bin-delete"),
    private("GET", "/bins/{bin}/captures/" + N, captures.show, "capture-page"),
    private("GET", "/bins/{bin}/captures/" + N + "/download", captures.download, "capture-download"),
    private("POST", "/bins/{bin}/captures/" + N + "/replay", captures.replay, "capture-replay"),
    private("POST", "/bins/{bin}/captures/" + N + "/delete", captures.delete, "capture-delete"),
    private("GET", "/bins/{bin}/drills", drills.index, "drills"),
    private("POST", "/bins/{bin}/drills", drills.create, "drill-create"),
    private("GET", "/bins/{bin}/drills/{id}", drills.show, "drill"),
    private("GET", "/bins/{bin}/drills/{id}/report", drills.report, "drill-report"),
    private("POST", "/bins/{bin}/drills/{id}/stop", drills.stop, "drill-stop"),
    private("GET", "/bins/{bin}/messages", messages.index, "messages"),
    private("GET", "/bins/{bin}/messages/rows", messages.rows, "message-rows"),
    private("GET", "/bins/{bin}/messages/side", messages.side, "message-side"),
    private("GET", "/bins/{bin}/messages/" + MESSAGE, messages.show, "message-page"),
    private("GET", "/bins/{bin}/simulate", simulate.index, "simulate"),
    private("POST", "/bins/{bin}/simulate", simulate.send, "simulate-send"),
    private("GET", "/bins/{bin}/simulate/{id}", simulate.show, "simulate-run"),
    private("POST", "/bins/{bin}/simulate/{id}/stop", simulate.stop, "simulate-stop"),
    private("GET", "/bins/{bin}/conversations", conversations.index, "conversations"),
    private("GET", "/bins/{bin}/conversations/" + PAIR, conversations.show, "conversation"),
    private("GET", "/bins/{bin}/compare", compare.index, "compare"),
    private("GET", "/bins/{bin}/compare/rows", compare.rows, "compare-rows"),
    private("GET", "/bins/{bin}/compare/side", compare.side, "compare-side"),
    private("GET", "/bins/{bin}/compare/" + N, compare.show, "compare-pair"),
    private("GET", "/bins/{bin}/compare/" + N + "/report", compare.report, "compare-report"),
    private("GET", "/bins/{bin}/compare/" + N + "/" + M, compare.show, "compare-two"),
    private("GET", "/bins/{bin}/compare/" + N + "/" + M + "/report", compare.report, "compare-two-report"),
    # API
    private("GET", "/api/v1/info", api_info.show, "api-info"),
    private("GET", "/api/v1/retention", api_info.retention, "api-retention"),
    private("POST", "/api/v1/retention/confirm", api_info.confirm_time, "api-retention-confirm"),
    private("POST", "/api/v1/bins", api_bins.create, "api-bin-create"),
    private("GET", "/api/v1/bins", api_bins.index, "api-bins"),
    private("GET", "/api/v1/bins/{bin}", api_bins.show, "api-bin"),
    private("PATCH", "/api/v1/bins/{bin}", api_bins.change, "api-bin-change"),
    private("DELETE", "/api/v1/bins/{bin}", api_bins.delete, "api-bin-delete"),
    private("POST", "/api/v1/bins/{bin}/rotate-key", api_bins.rotate_key, "api-bin-rotate-key"),
    private("GET", "/api/v1/bins/{bin}/reread", api_bins.show_reread, "api-bin-reread-state"),
    private("POST", "/api/v1/bins/{bin}/reread", api_bins.reread, "api-bin-reread"),
    private("GET", "/api/v1/bins/{bin}/captures", api_captures.index, "api-captures"),
    private("DELETE", "/api/v1/bins/{bin}/captures", api_captures.clear, "api-captures-clear"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N, api_captures.show, "api-capture"),
    private("DELETE", "/api/v1/bins/{bin}/captures/" + N, api_captures.delete, "api-capture-delete"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/body", api_captures.body, "api-capture-body"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/raw", api_captures.raw, "api-capture-raw"),
    private("GET", "/api/v1/bins/{bin}/answers/{role}", api_answers.show, "api-answer"),
    private("PUT", "/api/v1/bins/{bin}/answers/{role}", api_answers.put, "api-answer-set"),
    private("DELETE", "/api/v1/bins/{bin}/answers/{role}", api_answers.reset, "api-answer-reset"),
    private("GET", "/api/v1/bins/{bin}/faults/{role}", api_answers.show_role_fault, "api-fault"),
    private("PUT", "/api/v1/bins/{bin}/faults/{role}", api_answers.put_fault, "api-fault-set"),
    private("DELETE", "/api/v1/bins/{bin}/faults/{role}", api_answers.heal, "api-fault-heal"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/attempts", api_replays.index, "api-attempts"),
    private("POST", "/api/v1/bins/{bin}/replays", api_replays.create, "api-replay"),
    private("GET", "/api/v1/bins/{bin}/messages", api_messages.index, "api-messages"),
    private("GET", "/api/v1/bins/{bin}/messages/" + MESSAGE, api_messages.show, "api-message"),
    private("POST", "/api/v1/bins/{bin}/drills", api_drills.create, "api-drill-create"),
    private("GET", "/api/v1/bins/{bin}/drills", api_drills.index, "api-drills"),
    private("GET", "/api/v1/bins/{bin}/drills/{id}", api_drills.show, "api-drill"),
    private("DELETE", "/api/v1/bins/{bin}/drills/{id}", api_drills.stop, "api-drill-stop"),
    private("POST", "/api/v1/bins/{bin}/simulations", api_simulations.create, "api-simulation-create"),
    private("GET", "/api/v1/bins/{bin}/simulations", api_simulations.index, "api-simulations"),
    private("GET", "/api/v1/bins/{bin}/simulations/{id}", api_simulations.show, "api-simulation"),
    private("DELETE", "/api/v1/bins/{bin}/simulations/{id}", api_simulations.delete, "api-simulation-stop"),
    private("GET", "/api/v1/bins/{bin}/comparison", api_comparison.index, "api-comparison"),
    private("GET", "/api/v1/bins/{bin}/export", api_exports.export, "api-export"),
    private("GET", "/api/v1/bins/{bin}/live", api_live.follow_bin, "api-live"),
]


def add_routes(app: web.Application) -> None:
    """Register the plan under the base path, and note what is public."""
    base = app[keys.SETTINGS].base_path
    app[PUBLIC] = set()
    if base:
        # The address as people type it, without the slash at its end.
        app.router.add_get(base, home.index, name="home-bare")
    for route in ROUTES:
        if route.method == "GET":
            # HEAD comes along, as HTTP has it.
            resource = app.router.add_resource(base + route.path, name=route.name)
            added: list[web.AbstractRoute] = [
                resource.add_route(method, route.handler, expect_handler=postpone) for method in ("GET", "HEAD")
            ]
        else:
            path = base + route.path
            added = [app.router.add_route(route.method, path, route.handler, name=route.name, expect_handler=postpone)]
        if route.public:
            app[PUBLIC].update(added)
