"""The route table: every URL, each public or private.

Private routes require the access token or a signed-in browser. A test compares the public ones with an allow-list.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from .. import keys
from .annotations import api as annotations_api
from .annotations import page as annotations
from .answers import api as answers_api
from .answers import page as answers
from .bins import api as bins_api
from .bins import home
from .bins import page as bins
from .captures import api as captures_api
from .captures import axis, copies
from .captures import page as captures
from .compare import api as compare_api
from .compare import page as compare
from .conversations import page as conversations
from .docs import guide
from .docs import page as docs
from .drills import api as drills_api
from .drills import page as drills
from .exports import api as exports_api
from .faults import api as faults_api
from .faults import page as faults
from .filters import api as filters_api
from .filters import page as filters
from .forwards import api as forwards_api
from .forwards import page as forwards
from .listeners import api as listeners_api
from .listeners import page as listeners
from .live import api as live_api
from .live import page as live
from .mappings import api as mappings_api
from .mappings import page as mappings
from .messages import api as messages_api
from .messages import page as messages
from .overview import api as overview_api
from .overview import page as overview
from .palette import page as palette
from .reconciliations import api as reconciliations_api
from .reconciliations import page as reconciliations
from .replays import api as replays_api
from .secrets import api as secrets_api
from .secrets import page as secrets
from .setup import page as setup
from .simulations import api as simulations_api
from .simulations import page as simulations
from .site import auth, health, info, static
from .site.expect import delay_continue
from .site.middleware import PUBLIC
from .wiretaps import api as wiretaps_api
from .wiretaps import page as wiretaps

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
N = "{n:[0-9]{1,18}}"
# A message id may hold any characters, braces and line breaks too.
MESSAGE = "{provider}/{message_id:[^/]+}"
LABEL = "{label:[^/]+}"
M = "{m:[0-9]{1,18}}"
PAIR = "{theirs:[^/]+}/{ours:[^/]+}"


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table; `name` identifies the route."""

    method: str
    path: str
    handler: Handler
    name: str
    public: bool


def public(method: str, path: str, handler: Handler, name: str) -> Route:
    """A route without authentication: it must never return captured data (P8)."""
    return Route(method, path, handler, name, True)


def private(method: str, path: str, handler: Handler, name: str) -> Route:
    """A route that requires authentication."""
    return Route(method, path, handler, name, False)


ROUTES = [
    # Capture URLs, `/{key}` and everything below, are handled in `ingress/`.
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
    public("GET", "/api/v1/schemas/mapping.json", mappings_api.schema, "mapping-schema"),
    private("POST", "/sign-out", auth.sign_out, "sign_out"),
    private("GET", "/metrics", health.metrics, "metrics"),
    # Pages
    private("GET", "/", home.index, "home"),
    private("GET", "/palette", palette.find, "palette"),
    private("POST", "/bins", home.create, "bin-create"),
    private("POST", "/retention/confirm", home.confirm_time, "retention-confirm"),
    private("GET", "/bins/{bin}", captures.index, "bin"),
    private("GET", "/bins/{bin}/rows", captures.rows, "bin-rows"),
    private("GET", "/bins/{bin}/axis", axis.show, "bin-axis"),
    private("GET", "/bins/{bin}/filters", filters.index, "bin-filters"),
    private("POST", "/bins/{bin}/filters", filters.save, "bin-filters-save"),
    private("POST", "/bins/{bin}/filters/{id}/delete", filters.delete, "bin-filter-delete"),
    private("GET", "/bins/{bin}/live", live.follow_page, "bin-live"),
    private("POST", "/bins/{bin}/clear", captures.clear, "bin-clear"),
    private("GET", "/bins/{bin}/overview", overview.index, "bin-overview"),
    private("GET", "/bins/{bin}/others", bins.others, "bin-others"),
    private("GET", "/bins/{bin}/setup", setup.show, "bin-setup"),
    private("GET", "/bins/{bin}/settings", bins.settings, "bin-settings"),
    private("POST", "/bins/{bin}/settings", bins.save, "bin-save"),
    private("GET", "/bins/{bin}/answers", answers.index, "bin-answers"),
    private("POST", "/bins/{bin}/answers", answers.save, "bin-answers-save"),
    private("POST", "/bins/{bin}/answers/preview", answers.check, "bin-answers-check"),
    private("GET", "/bins/{bin}/mapping", mappings.index, "bin-mapping"),
    private("POST", "/bins/{bin}/mapping", mappings.save, "bin-mapping-save"),
    private("POST", "/bins/{bin}/mapping/preview", mappings.check, "bin-mapping-check"),
    private("POST", "/bins/{bin}/mapping/remove", mappings.remove, "bin-mapping-remove"),
    private("GET", "/bins/{bin}/mapping/export", mappings.export, "bin-mapping-export"),
    private("GET", "/bins/{bin}/faults", faults.index, "bin-faults"),
    private("POST", "/bins/{bin}/faults/{role}", faults.set_fault, "bin-fault-set"),
    private("POST", "/bins/{bin}/faults/{role}/heal", faults.clear, "bin-fault-heal"),
    private("GET", "/bins/{bin}/forwards", forwards.index, "bin-forwards"),
    private("POST", "/bins/{bin}/forwards", forwards.save, "bin-forwards-save"),
    private("POST", "/bins/{bin}/forwards/{id}/{what}", forwards.act, "bin-forward-act"),
    private("POST", "/bins/{bin}/listeners/{name}/remove", listeners.remove, "bin-listener-remove"),
    private("GET", "/bins/{bin}/wiretaps", wiretaps.index, "bin-wiretaps"),
    private("POST", "/bins/{bin}/wiretaps/{role}", wiretaps.save, "bin-wiretap-set"),
    private("POST", "/bins/{bin}/wiretaps/{role}/remove", wiretaps.remove, "bin-wiretap-remove"),
    private("GET", "/bins/{bin}/signatures", secrets.index, "bin-signatures"),
    private("POST", "/bins/{bin}/signatures", secrets.save, "bin-signatures-save"),
    private("POST", "/bins/{bin}/signatures/remove", secrets.remove, "bin-signatures-remove"),
    private("POST", "/bins/{bin}/rotate-key", bins.rotate_key, "bin-rotate-key"),
    private("POST", "/bins/{bin}/reread", bins.reread, "bin-reread"),
    private("GET", "/bins/{bin}/delete", bins.confirm_delete, "bin-confirm-delete"),
    private("POST", "/bins/{bin}/delete", bins.delete, "bin-delete"),
    private("GET", "/bins/{bin}/captures/" + N, captures.show, "capture-page"),
    private("GET", "/bins/{bin}/captures/" + N + "/download", captures.download, "capture-download"),
    private("GET", "/bins/{bin}/captures/" + N + "/copy/{tool}", copies.copy, "capture-copy"),
    private("POST", "/bins/{bin}/captures/" + N + "/replay", captures.replay, "capture-replay"),
    private("POST", "/bins/{bin}/captures/" + N + "/signature", captures.explain, "capture-signature"),
    private("POST", "/bins/{bin}/captures/" + N + "/certificate", captures.fetch_certificate, "capture-certificate"),
    private("POST", "/bins/{bin}/captures/" + N + "/delete", captures.delete, "capture-delete"),
    private("GET", "/bins/{bin}/captures/" + N + "/annotation", annotations.show, "capture-annotation"),
    private("POST", "/bins/{bin}/captures/" + N + "/annotation", annotations.save, "capture-annotate"),
    private("GET", "/bins/{bin}/drills", drills.index, "drills"),
    private("POST", "/bins/{bin}/drills", drills.create, "drill-create"),
    private("GET", "/bins/{bin}/drills/{id}", drills.show, "drill"),
    private("GET", "/bins/{bin}/drills/{id}/report", drills.report, "drill-report"),
    private("POST", "/bins/{bin}/drills/{id}/stop", drills.stop, "drill-stop"),
    private("GET", "/bins/{bin}/messages", messages.index, "messages"),
    private("GET", "/bins/{bin}/messages/rows", messages.rows, "message-rows"),
    private("GET", "/bins/{bin}/messages/side", messages.side, "message-side"),
    private("GET", "/bins/{bin}/messages/" + MESSAGE, messages.show, "message-page"),
    private("GET", "/bins/{bin}/reconcile", reconciliations.index, "reconcile"),
    private("POST", "/bins/{bin}/reconcile", reconciliations.upload, "reconcile-upload"),
    private("GET", "/bins/{bin}/reconcile/{id}", reconciliations.show, "reconciliation"),
    private("POST", "/bins/{bin}/reconcile/{id}/again", reconciliations.again, "reconcile-again"),
    private("POST", "/bins/{bin}/reconcile/{id}/columns", reconciliations.choose_columns, "reconcile-columns"),
    private("POST", "/bins/{bin}/reconcile/{id}/cancel", reconciliations.cancel, "reconcile-cancel"),
    private("POST", "/bins/{bin}/reconcile/{id}/delete", reconciliations.delete, "reconcile-delete"),
    private("POST", "/bins/{bin}/reconcile/{id}/send", reconciliations.send, "reconcile-send"),
    private("GET", "/bins/{bin}/simulate", simulations.index, "simulate"),
    private("POST", "/bins/{bin}/simulate", simulations.send, "simulate-send"),
    private("GET", "/bins/{bin}/simulate/{id}", simulations.show, "simulate-run"),
    private("POST", "/bins/{bin}/simulate/{id}/stop", simulations.stop, "simulate-stop"),
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
    private("GET", "/api/v1/info", info.show, "api-info"),
    private("GET", "/api/v1/retention", info.retention, "api-retention"),
    private("POST", "/api/v1/retention/confirm", info.confirm_time, "api-retention-confirm"),
    private("POST", "/api/v1/bins", bins_api.create, "api-bin-create"),
    private("GET", "/api/v1/bins", bins_api.index, "api-bins"),
    private("GET", "/api/v1/bins/{bin}", bins_api.show, "api-bin"),
    private("PATCH", "/api/v1/bins/{bin}", bins_api.change, "api-bin-change"),
    private("DELETE", "/api/v1/bins/{bin}", bins_api.delete, "api-bin-delete"),
    private("POST", "/api/v1/bins/{bin}/rotate-key", bins_api.rotate_key, "api-bin-rotate-key"),
    private("GET", "/api/v1/bins/{bin}/reread", bins_api.show_reread, "api-bin-reread-state"),
    private("POST", "/api/v1/bins/{bin}/reread", bins_api.reread, "api-bin-reread"),
    private("GET", "/api/v1/bins/{bin}/captures", captures_api.index, "api-captures"),
    private("DELETE", "/api/v1/bins/{bin}/captures", captures_api.clear, "api-captures-clear"),
    private("GET", "/api/v1/bins/{bin}/captures/count", captures_api.count, "api-captures-count"),
    private("POST", "/api/v1/bins/{bin}/captures/delete", captures_api.delete_some, "api-captures-delete"),
    private("POST", "/api/v1/bins/{bin}/captures/annotate", annotations_api.change, "api-captures-annotate"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N, captures_api.show, "api-capture"),
    private("DELETE", "/api/v1/bins/{bin}/captures/" + N, captures_api.delete, "api-capture-delete"),
    private("PUT", "/api/v1/bins/{bin}/captures/" + N + "/annotation", annotations_api.put, "api-annotation"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/body", captures_api.body, "api-capture-body"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/raw", captures_api.raw, "api-capture-raw"),
    private("GET", "/api/v1/bins/{bin}/filters", filters_api.index, "api-filters"),
    private("PUT", "/api/v1/bins/{bin}/filters/{id}", filters_api.put, "api-filter-set"),
    private("DELETE", "/api/v1/bins/{bin}/filters/{id}", filters_api.delete, "api-filter-delete"),
    private("GET", "/api/v1/bins/{bin}/completions", filters_api.complete, "api-completions"),
    private("GET", "/api/v1/bins/{bin}/answers/{role}", answers_api.show, "api-answer"),
    private("PUT", "/api/v1/bins/{bin}/answers/{role}", answers_api.put, "api-answer-set"),
    private("DELETE", "/api/v1/bins/{bin}/answers/{role}", answers_api.reset, "api-answer-reset"),
    private("GET", "/api/v1/bins/{bin}/faults/{role}", faults_api.show, "api-fault"),
    private("PUT", "/api/v1/bins/{bin}/faults/{role}", faults_api.put, "api-fault-set"),
    private("DELETE", "/api/v1/bins/{bin}/faults/{role}", faults_api.clear, "api-fault-heal"),
    private("GET", "/api/v1/bins/{bin}/mapping", mappings_api.show, "api-mapping"),
    private("PUT", "/api/v1/bins/{bin}/mapping", mappings_api.put, "api-mapping-set"),
    private("DELETE", "/api/v1/bins/{bin}/mapping", mappings_api.remove, "api-mapping-remove"),
    private("POST", "/api/v1/bins/{bin}/mapping/preview", mappings_api.preview, "api-mapping-preview"),
    private("GET", "/api/v1/bins/{bin}/captures/" + N + "/attempts", replays_api.index, "api-attempts"),
    private("POST", "/api/v1/bins/{bin}/replays", replays_api.create, "api-replay"),
    private("GET", "/api/v1/bins/{bin}/forwards", forwards_api.index, "api-forwards"),
    private("POST", "/api/v1/bins/{bin}/forwards", forwards_api.create, "api-forward-add"),
    private("GET", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.show, "api-forward"),
    private("PATCH", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.change, "api-forward-change"),
    private("DELETE", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.delete, "api-forward-delete"),
    private("POST", "/api/v1/bins/{bin}/forwards/{id}/pause", forwards_api.pause, "api-forward-pause"),
    private("POST", "/api/v1/bins/{bin}/forwards/{id}/resume", forwards_api.resume, "api-forward-resume"),
    private("POST", "/api/v1/bins/{bin}/forwards/{id}/test", forwards_api.test, "api-forward-test"),
    private("POST", "/api/v1/bins/{bin}/forwards/{id}/retry", forwards_api.retry, "api-forward-retry"),
    private("GET", "/api/v1/bins/{bin}/listen", listeners_api.listen, "api-listen"),
    private("GET", "/api/v1/bins/{bin}/listeners", listeners_api.index, "api-listeners"),
    private("DELETE", "/api/v1/bins/{bin}/listeners/{name}", listeners_api.delete, "api-listener-delete"),
    private("GET", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.show, "api-wiretap"),
    private("PUT", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.put, "api-wiretap-set"),
    private("DELETE", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.remove, "api-wiretap-remove"),
    private("GET", "/api/v1/bins/{bin}/secrets", secrets_api.index, "api-secrets"),
    private("PUT", "/api/v1/bins/{bin}/secrets/" + LABEL, secrets_api.put, "api-secret-set"),
    private("DELETE", "/api/v1/bins/{bin}/secrets/" + LABEL, secrets_api.delete, "api-secret-remove"),
    private("GET", "/api/v1/bins/{bin}/messages", messages_api.index, "api-messages"),
    private("GET", "/api/v1/bins/{bin}/messages/" + MESSAGE, messages_api.show, "api-message"),
    private("POST", "/api/v1/bins/{bin}/drills", drills_api.create, "api-drill-create"),
    private("GET", "/api/v1/bins/{bin}/drills", drills_api.index, "api-drills"),
    private("GET", "/api/v1/bins/{bin}/drills/{id}", drills_api.show, "api-drill"),
    private("DELETE", "/api/v1/bins/{bin}/drills/{id}", drills_api.stop, "api-drill-stop"),
    private("POST", "/api/v1/bins/{bin}/simulations", simulations_api.create, "api-simulation-create"),
    private("GET", "/api/v1/bins/{bin}/simulations", simulations_api.index, "api-simulations"),
    private("GET", "/api/v1/bins/{bin}/simulations/{id}", simulations_api.show, "api-simulation"),
    private("DELETE", "/api/v1/bins/{bin}/simulations/{id}", simulations_api.delete, "api-simulation-stop"),
    private("POST", "/api/v1/bins/{bin}/reconciliations", reconciliations_api.create, "api-reconcile"),
    private("GET", "/api/v1/bins/{bin}/reconciliations", reconciliations_api.index, "api-reconciliations"),
    private("GET", "/api/v1/bins/{bin}/reconciliations/{id}", reconciliations_api.show, "api-reconciliation"),
    private("DELETE", "/api/v1/bins/{bin}/reconciliations/{id}", reconciliations_api.delete, "api-reconciliation-drop"),
    private("POST", "/api/v1/bins/{bin}/reconciliations/{id}/again", reconciliations_api.again, "api-reconcile-again"),
    private("GET", "/api/v1/bins/{bin}/reconciliations/{id}/records", reconciliations_api.records, "api-records"),
    private("GET", "/api/v1/bins/{bin}/reconciliations/{id}/export", reconciliations_api.export, "api-records-export"),
    private("POST", "/api/v1/bins/{bin}/reconciliations/{id}/replays", reconciliations_api.replay, "api-records-send"),
    private("GET", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.show_mapping, "api-record-mapping"),
    private("PUT", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.put_mapping, "api-record-mapping-set"),
    private(
        "DELETE", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.remove_mapping, "api-record-mapping-end"
    ),
    private("GET", "/api/v1/bins/{bin}/comparison", compare_api.index, "api-comparison"),
    private("GET", "/api/v1/bins/{bin}/volume", overview_api.volume, "api-volume"),
    private("GET", "/api/v1/bins/{bin}/overview", overview_api.overview, "api-overview"),
    private("GET", "/api/v1/bins/{bin}/export", exports_api.export, "api-export"),
    private("GET", "/api/v1/bins/{bin}/live", live_api.follow_bin, "api-live"),
]


def add_routes(app: web.Application) -> None:
    """Register the routes under the base path, and record which are public."""
    base = app[keys.SETTINGS].base_path
    app[PUBLIC] = set()
    if base:
        # Without the trailing slash, as people type it.
        app.router.add_get(base, home.index, name="home-bare")
    for route in ROUTES:
        if route.method == "GET":
            # Every GET route answers HEAD too.
            resource = app.router.add_resource(base + route.path, name=route.name)
            added: list[web.AbstractRoute] = [
                resource.add_route(method, route.handler, expect_handler=delay_continue) for method in ("GET", "HEAD")
            ]
        else:
            path = base + route.path
            added = [
                app.router.add_route(route.method, path, route.handler, name=route.name, expect_handler=delay_continue)
            ]
        if route.public:
            app[PUBLIC].update(added)
