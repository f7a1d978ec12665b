"""The route table: every URL, and which role it requires.

The middleware checks the role, and that a `{bin}` in the path, or the parameter `bin`, is one that the caller may know
of. So a handler needs no check of its own, unless it lists several bins; those lists are made in `site/bins.py`.

| role | for |
|---|---|
| none | what has no captured data and no setting: health, sign-in, the guide, the API document |
| read | every GET, and POSTs that change nothing |
| write | changes of a bin, what sends requests, new bins |
| admin | tokens, sessions, and what concerns the whole server |

Routes that concern all bins are refused to callers who may know of some only. A test tries each route with each role.

The name of a route is its action in the audit log, too: `capture-delete` and `api-capture-delete` are `capture.delete`.
Every route that is not a GET has one, or says with `NotAudited` why not; a GET has one if `audit` names it. The actions
have their words in `words/audit.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from .. import keys
from ..domain.access import AccessRole
from .alerts import api as alerts_api
from .alerts import page as alerts
from .annotations import api as annotations_api
from .annotations import page as annotations
from .answers import api as answers_api
from .answers import page as answers
from .audit import api as audit_api
from .audit import page as audit
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
from .privacy import api as privacy_api
from .privacy import page as privacy
from .reconciliations import api as reconciliations_api
from .reconciliations import page as reconciliations
from .replays import api as replays_api
from .secrets import api as secrets_api
from .secrets import page as secrets
from .sessions import api as sessions_api
from .sessions import page as sessions
from .setup import page as setup
from .simulations import api as simulations_api
from .simulations import page as simulations
from .site import health, info, sign_in, static
from .site.audit import ACTIONS, SIGN_IN
from .site.expect import delay_continue
from .site.middleware import RULES, RouteRule
from .tokens import api as tokens_api
from .tokens import page as tokens
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
class NotAudited:
    """Why the requests of a route are not in the audit log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table; `name` identifies the route."""

    method: str
    path: str
    handler: Handler
    name: str
    rule: RouteRule | None
    """None: public."""
    audit: str | NotAudited | None = None
    """The action, if it is not the name."""

    @property
    def public(self) -> bool:
        """It needs no credential."""
        return self.rule is None

    @property
    def action(self) -> str | NotAudited:
        """What its requests are in the audit log."""
        if self.audit is not None:
            return self.audit
        return READS if self.method == "GET" else self.name.removeprefix("api-").replace("-", ".", 1)


READS = NotAudited("it changes nothing")
DOWNLOAD, EXPORT = "capture.download", "reconciliation.export"
Audit = str | NotAudited | None


def public(method: str, path: str, handler: Handler, name: str, audit: Audit = None) -> Route:
    """A route without authentication: it must never return captured data (P8)."""
    return Route(method, path, handler, name, None, audit)


def read(
    method: str, path: str, handler: Handler, name: str, audit: Audit = None, *, all_bins: bool = False
) -> Route:  # fmt: skip
    """A route that changes nothing."""
    return Route(method, path, handler, name, RouteRule(AccessRole.READ, all_bins=all_bins), audit)


def write(
    method: str, path: str, handler: Handler, name: str, audit: Audit = None, *, all_bins: bool = False
) -> Route:  # fmt: skip
    """A route that changes a bin, or sends something."""
    return Route(method, path, handler, name, RouteRule(AccessRole.WRITE, all_bins=all_bins), audit)


def admin(method: str, path: str, handler: Handler, name: str, audit: Audit = None) -> Route:
    """A route that concerns the whole server."""
    return Route(method, path, handler, name, RouteRule(AccessRole.ADMIN, all_bins=True), audit)


ROUTES = [
    # Capture URLs, `/{key}` and everything below, are handled in `ingress/`.
    public("GET", "/healthz", health.alive, "healthz"),
    public("GET", "/readyz", health.ready, "readyz"),
    public("GET", "/robots.txt", health.robots, "robots"),
    public("GET", "/static/{path:.+}", static.serve, "static"),
    public("GET", "/sign-in", sign_in.form, "sign_in"),
    public("POST", "/sign-in", sign_in.sign_in, "sign_in_form", SIGN_IN),
    public("GET", "/docs", docs.show, "docs"),
    public("GET", "/docs/guide", guide.index, "guide"),
    public("GET", "/docs/guide/{page:[a-z-]+}", guide.show, "guide-page"),
    public("GET", "/api/v1/openapi.json", docs.openapi, "openapi"),
    public("GET", "/api/v1/schemas/mapping.json", mappings_api.schema, "mapping-schema"),
    read("POST", "/sign-out", sign_in.sign_out, "sign_out", "session.sign-out"),
    read("GET", "/metrics", health.metrics, "metrics", all_bins=True),
    public("GET", "/api/v1/schemas/event.json", forwards_api.schema, "event-schema"),
    # Pages
    read("GET", "/", home.index, "home"),
    read("GET", "/palette", palette.find, "palette"),
    write("POST", "/bins", home.create, "bin-create", all_bins=True),
    admin("POST", "/retention/confirm", home.confirm_time, "retention-confirm"),
    admin("GET", "/settings/tokens", tokens.index, "tokens"),
    admin("POST", "/settings/tokens", tokens.create, "token-create"),
    admin("POST", "/settings/tokens/{id}/revoke", tokens.revoke, "token-revoke"),
    admin("GET", "/settings/sessions", sessions.index, "sessions"),
    admin("POST", "/settings/sessions/{id}/end", sessions.end, "session-end"),
    read("GET", "/bins/{bin}", captures.index, "bin"),
    read("GET", "/bins/{bin}/rows", captures.rows, "bin-rows"),
    read("GET", "/bins/{bin}/axis", axis.show, "bin-axis"),
    read("GET", "/bins/{bin}/filters", filters.index, "bin-filters"),
    write("POST", "/bins/{bin}/filters", filters.save, "filter-set"),
    write("POST", "/bins/{bin}/filters/{id}/delete", filters.delete, "filter-delete"),
    read("GET", "/bins/{bin}/live", live.follow_page, "bin-live"),
    write("POST", "/bins/{bin}/clear", captures.clear, "capture-clear"),
    read("GET", "/bins/{bin}/overview", overview.index, "bin-overview"),
    read("GET", "/bins/{bin}/others", bins.others, "bin-others"),
    read("GET", "/bins/{bin}/setup", setup.show, "bin-setup"),
    read("GET", "/bins/{bin}/settings", bins.settings, "bin-settings"),
    write("POST", "/bins/{bin}/settings", bins.save, "bin-change"),
    read("GET", "/bins/{bin}/answers", answers.index, "bin-answers"),
    write("POST", "/bins/{bin}/answers", answers.save, "answer-set"),
    write("POST", "/bins/{bin}/answers/preview", answers.check, "answer-preview", READS),
    read("GET", "/bins/{bin}/mapping", mappings.index, "bin-mapping"),
    write("POST", "/bins/{bin}/mapping", mappings.save, "mapping-set"),
    write("POST", "/bins/{bin}/mapping/preview", mappings.check, "mapping-preview", READS),
    write("POST", "/bins/{bin}/mapping/remove", mappings.remove, "mapping-remove"),
    read("GET", "/bins/{bin}/mapping/export", mappings.export, "bin-mapping-export"),
    read("GET", "/bins/{bin}/faults", faults.index, "bin-faults"),
    write("POST", "/bins/{bin}/faults/{role}", faults.set_fault, "fault-set"),
    write("POST", "/bins/{bin}/faults/{role}/heal", faults.clear, "fault-heal"),
    read("GET", "/bins/{bin}/forwards", forwards.index, "bin-forwards"),
    write("POST", "/bins/{bin}/forwards", forwards.save, "forward-add"),
    write("POST", "/bins/{bin}/forwards/{id}/{what}", forwards.act, "forward-act", "forward.change"),
    read("GET", "/bins/{bin}/signatures", secrets.index, "bin-signatures"),
    write("POST", "/bins/{bin}/signatures", secrets.save, "secret-set"),
    write("POST", "/bins/{bin}/signatures/remove", secrets.remove, "secret-remove"),
    write("POST", "/bins/{bin}/rotate-key", bins.rotate_key, "bin-rotate-key"),
    write("POST", "/bins/{bin}/reread", bins.reread, "bin-reread"),
    write("GET", "/bins/{bin}/delete", bins.confirm_delete, "bin-confirm-delete"),
    write("POST", "/bins/{bin}/delete", bins.delete, "bin-delete"),
    read("GET", "/bins/{bin}/captures/" + N, captures.show, "capture-page"),
    read("GET", "/bins/{bin}/captures/" + N + "/download", captures.download, "capture-download", DOWNLOAD),
    read("GET", "/bins/{bin}/captures/" + N + "/copy/{tool}", copies.copy, "capture-copy", "capture.copy"),
    write("POST", "/bins/{bin}/captures/" + N + "/replay", captures.replay, "capture-replay"),
    read("POST", "/bins/{bin}/captures/" + N + "/signature", captures.explain, "capture-signature", READS),
    write("POST", "/bins/{bin}/captures/" + N + "/certificate", captures.fetch_certificate, "capture-certificate"),
    write("POST", "/bins/{bin}/captures/" + N + "/delete", captures.delete, "capture-delete"),
    read("GET", "/bins/{bin}/captures/" + N + "/annotation", annotations.show, "capture-annotation"),
    write("POST", "/bins/{bin}/captures/" + N + "/annotation", annotations.save, "capture-annotate"),
    read("GET", "/bins/{bin}/drills", drills.index, "drills"),
    write("POST", "/bins/{bin}/drills", drills.create, "drill-create"),
    read("GET", "/bins/{bin}/drills/{id}", drills.show, "drill"),
    read("GET", "/bins/{bin}/drills/{id}/report", drills.report, "drill-report"),
    write("POST", "/bins/{bin}/drills/{id}/stop", drills.stop, "drill-stop"),
    read("GET", "/bins/{bin}/messages", messages.index, "messages"),
    read("GET", "/bins/{bin}/messages/rows", messages.rows, "message-rows"),
    read("GET", "/bins/{bin}/messages/side", messages.side, "message-side"),
    read("GET", "/bins/{bin}/messages/" + MESSAGE, messages.show, "message-page"),
    read("GET", "/bins/{bin}/reconcile", reconciliations.index, "reconcile"),
    write("POST", "/bins/{bin}/reconcile", reconciliations.upload, "reconciliation-create"),
    read("GET", "/bins/{bin}/reconcile/{id}", reconciliations.show, "reconciliation"),
    write("POST", "/bins/{bin}/reconcile/{id}/again", reconciliations.again, "reconciliation-repeat"),
    write("POST", "/bins/{bin}/reconcile/{id}/columns", reconciliations.choose_columns, "reconciliation-map"),
    write("POST", "/bins/{bin}/reconcile/{id}/cancel", reconciliations.cancel, "reconciliation-cancel"),
    write("POST", "/bins/{bin}/reconcile/{id}/delete", reconciliations.delete, "reconciliation-delete"),
    write("POST", "/bins/{bin}/reconcile/{id}/send", reconciliations.send, "reconciliation-send"),
    read("GET", "/bins/{bin}/simulate", simulations.index, "simulate"),
    write("POST", "/bins/{bin}/simulate", simulations.send, "simulation-create"),
    read("GET", "/bins/{bin}/simulate/{id}", simulations.show, "simulate-run"),
    write("POST", "/bins/{bin}/simulate/{id}/stop", simulations.stop, "simulation-stop"),
    read("GET", "/bins/{bin}/conversations", conversations.index, "conversations"),
    read("GET", "/bins/{bin}/conversations/" + PAIR, conversations.show, "conversation"),
    read("GET", "/bins/{bin}/compare", compare.index, "compare"),
    read("GET", "/bins/{bin}/compare/rows", compare.rows, "compare-rows"),
    read("GET", "/bins/{bin}/compare/side", compare.side, "compare-side"),
    read("GET", "/bins/{bin}/compare/" + N, compare.show, "compare-pair"),
    read("GET", "/bins/{bin}/compare/" + N + "/report", compare.report, "compare-report"),
    read("GET", "/bins/{bin}/compare/" + N + "/" + M, compare.show, "compare-two"),
    read("GET", "/bins/{bin}/compare/" + N + "/" + M + "/report", compare.report, "compare-two-report"),
    admin("GET", "/settings/audit", audit.index, "audit"),
    read("GET", "/bins/{bin}/alerts", alerts.index, "bin-alerts"),
    write("POST", "/bins/{bin}/alerts", alerts.save, "bin-alerts-save"),
    read("GET", "/bins/{bin}/alerts/{id}", alerts.show, "bin-alert"),
    write("POST", "/bins/{bin}/alerts/{id}/{what}", alerts.act, "bin-alert-act"),
    write("POST", "/bins/{bin}/listeners/{name}/remove", listeners.remove, "bin-listener-remove"),
    # API
    read("GET", "/api/v1/info", info.show, "api-info"),
    read("GET", "/api/v1/retention", info.retention, "api-retention"),
    admin("GET", "/api/v1/audit", audit_api.index, "api-audit"),
    admin("GET", "/api/v1/audit/export", audit_api.export, "api-audit-export", "audit.export"),
    admin("POST", "/api/v1/retention/confirm", info.confirm_time, "api-retention-confirm"),
    admin("GET", "/api/v1/tokens", tokens_api.index, "api-tokens"),
    admin("POST", "/api/v1/tokens", tokens_api.create, "api-token-create"),
    admin("DELETE", "/api/v1/tokens/{id}", tokens_api.revoke, "api-token-revoke"),
    admin("GET", "/api/v1/sessions", sessions_api.index, "api-sessions"),
    admin("DELETE", "/api/v1/sessions/{id}", sessions_api.end, "api-session-end"),
    write("POST", "/api/v1/bins", bins_api.create, "api-bin-create", all_bins=True),
    read("GET", "/api/v1/bins", bins_api.index, "api-bins"),
    read("GET", "/api/v1/bins/{bin}", bins_api.show, "api-bin"),
    write("PATCH", "/api/v1/bins/{bin}", bins_api.change, "api-bin-change"),
    write("DELETE", "/api/v1/bins/{bin}", bins_api.delete, "api-bin-delete"),
    write("POST", "/api/v1/bins/{bin}/rotate-key", bins_api.rotate_key, "api-bin-rotate-key"),
    read("GET", "/api/v1/bins/{bin}/reread", bins_api.show_reread, "api-bin-reread-state"),
    write("POST", "/api/v1/bins/{bin}/reread", bins_api.reread, "api-bin-reread"),
    read("GET", "/api/v1/bins/{bin}/captures", captures_api.index, "api-captures"),
    write("DELETE", "/api/v1/bins/{bin}/captures", captures_api.clear, "api-capture-clear"),
    read("GET", "/api/v1/bins/{bin}/captures/count", captures_api.count, "api-captures-count"),
    write(
        "POST", "/api/v1/bins/{bin}/captures/delete", captures_api.delete_some, "api-captures-delete", "capture.delete"
    ),
    write(
        "POST",
        "/api/v1/bins/{bin}/captures/annotate",
        annotations_api.change,
        "api-captures-annotate",
        "capture.annotate",
    ),
    read("GET", "/api/v1/bins/{bin}/captures/" + N, captures_api.show, "api-capture"),
    write("DELETE", "/api/v1/bins/{bin}/captures/" + N, captures_api.delete, "api-capture-delete"),
    write(
        "PUT",
        "/api/v1/bins/{bin}/captures/" + N + "/annotation",
        annotations_api.put,
        "api-annotation",
        "capture.annotate",
    ),
    read("GET", "/api/v1/bins/{bin}/captures/" + N + "/body", captures_api.body, "api-capture-body", DOWNLOAD),
    read("GET", "/api/v1/bins/{bin}/captures/" + N + "/raw", captures_api.raw, "api-capture-raw", DOWNLOAD),
    read("GET", "/api/v1/bins/{bin}/filters", filters_api.index, "api-filters"),
    write("PUT", "/api/v1/bins/{bin}/filters/{id}", filters_api.put, "api-filter-set"),
    write("DELETE", "/api/v1/bins/{bin}/filters/{id}", filters_api.delete, "api-filter-delete"),
    read("GET", "/api/v1/bins/{bin}/completions", filters_api.complete, "api-completions"),
    read("GET", "/api/v1/bins/{bin}/answers/{role}", answers_api.show, "api-answer"),
    write("PUT", "/api/v1/bins/{bin}/answers/{role}", answers_api.put, "api-answer-set"),
    write("DELETE", "/api/v1/bins/{bin}/answers/{role}", answers_api.reset, "api-answer-reset"),
    read("GET", "/api/v1/bins/{bin}/faults/{role}", faults_api.show, "api-fault"),
    write("PUT", "/api/v1/bins/{bin}/faults/{role}", faults_api.put, "api-fault-set"),
    write("DELETE", "/api/v1/bins/{bin}/faults/{role}", faults_api.clear, "api-fault-heal"),
    read("GET", "/api/v1/bins/{bin}/mapping", mappings_api.show, "api-mapping"),
    write("PUT", "/api/v1/bins/{bin}/mapping", mappings_api.put, "api-mapping-set"),
    write("DELETE", "/api/v1/bins/{bin}/mapping", mappings_api.remove, "api-mapping-remove"),
    write("POST", "/api/v1/bins/{bin}/mapping/preview", mappings_api.preview, "api-mapping-preview", READS),
    read("GET", "/api/v1/bins/{bin}/captures/" + N + "/attempts", replays_api.index, "api-attempts"),
    write("POST", "/api/v1/bins/{bin}/replays", replays_api.create, "api-capture-replay"),
    read("GET", "/api/v1/bins/{bin}/forwards", forwards_api.index, "api-forwards"),
    write("POST", "/api/v1/bins/{bin}/forwards", forwards_api.create, "api-forward-add"),
    read("GET", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.show, "api-forward"),
    write("PATCH", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.change, "api-forward-change"),
    write("DELETE", "/api/v1/bins/{bin}/forwards/{id}", forwards_api.delete, "api-forward-delete"),
    write("POST", "/api/v1/bins/{bin}/forwards/{id}/pause", forwards_api.pause, "api-forward-pause"),
    write("POST", "/api/v1/bins/{bin}/forwards/{id}/resume", forwards_api.resume, "api-forward-resume"),
    write("POST", "/api/v1/bins/{bin}/forwards/{id}/test", forwards_api.test, "api-forward-test"),
    write("POST", "/api/v1/bins/{bin}/forwards/{id}/retry", forwards_api.retry, "api-forward-retry"),
    read("GET", "/api/v1/bins/{bin}/secrets", secrets_api.index, "api-secrets"),
    write("PUT", "/api/v1/bins/{bin}/secrets/" + LABEL, secrets_api.put, "api-secret-set"),
    write("DELETE", "/api/v1/bins/{bin}/secrets/" + LABEL, secrets_api.delete, "api-secret-remove"),
    read("GET", "/api/v1/bins/{bin}/messages", messages_api.index, "api-messages"),
    read("GET", "/api/v1/bins/{bin}/messages/" + MESSAGE, messages_api.show, "api-message"),
    write("POST", "/api/v1/bins/{bin}/drills", drills_api.create, "api-drill-create"),
    read("GET", "/api/v1/bins/{bin}/drills", drills_api.index, "api-drills"),
    read("GET", "/api/v1/bins/{bin}/drills/{id}", drills_api.show, "api-drill"),
    write("DELETE", "/api/v1/bins/{bin}/drills/{id}", drills_api.stop, "api-drill-stop"),
    write("POST", "/api/v1/bins/{bin}/simulations", simulations_api.create, "api-simulation-create"),
    read("GET", "/api/v1/bins/{bin}/simulations", simulations_api.index, "api-simulations"),
    read("GET", "/api/v1/bins/{bin}/simulations/{id}", simulations_api.show, "api-simulation"),
    write("DELETE", "/api/v1/bins/{bin}/simulations/{id}", simulations_api.delete, "api-simulation-stop"),
    write("POST", "/api/v1/bins/{bin}/reconciliations", reconciliations_api.create, "api-reconciliation-create"),
    read("GET", "/api/v1/bins/{bin}/reconciliations", reconciliations_api.index, "api-reconciliations"),
    read("GET", "/api/v1/bins/{bin}/reconciliations/{id}", reconciliations_api.show, "api-reconciliation"),
    write("DELETE", "/api/v1/bins/{bin}/reconciliations/{id}", reconciliations_api.delete, "api-reconciliation-delete"),
    write(
        "POST", "/api/v1/bins/{bin}/reconciliations/{id}/again", reconciliations_api.again, "api-reconciliation-repeat"
    ),
    read("GET", "/api/v1/bins/{bin}/reconciliations/{id}/records", reconciliations_api.records, "api-records"),
    read(
        "GET",
        "/api/v1/bins/{bin}/reconciliations/{id}/export",
        reconciliations_api.export,
        "api-records-export",
        EXPORT,
    ),
    write(
        "POST", "/api/v1/bins/{bin}/reconciliations/{id}/replays", reconciliations_api.replay, "api-reconciliation-send"
    ),
    read("GET", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.show_mapping, "api-record-mapping"),
    write("PUT", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.put_mapping, "api-reconciliation-map"),
    write(
        "DELETE", "/api/v1/bins/{bin}/record-mapping", reconciliations_api.remove_mapping, "api-reconciliation-unmap"
    ),
    read("GET", "/api/v1/bins/{bin}/comparison", compare_api.index, "api-comparison"),
    read("GET", "/api/v1/bins/{bin}/volume", overview_api.volume, "api-volume"),
    read("GET", "/api/v1/bins/{bin}/overview", overview_api.overview, "api-overview"),
    read("GET", "/api/v1/bins/{bin}/export", exports_api.export, "api-export", "capture.export"),
    read("GET", "/api/v1/bins/{bin}/live", live_api.follow_bin, "api-live"),
    read("GET", "/bins/{bin}/wiretaps", wiretaps.index, "bin-wiretaps"),
    write("POST", "/bins/{bin}/wiretaps/{role}", wiretaps.save, "bin-wiretap-set"),
    write("POST", "/bins/{bin}/wiretaps/{role}/remove", wiretaps.remove, "bin-wiretap-remove"),
    read("GET", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.show, "api-wiretap"),
    write("PUT", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.put, "api-wiretap-set"),
    write("DELETE", "/api/v1/bins/{bin}/wiretaps/{role}", wiretaps_api.remove, "api-wiretap-remove"),
    read("GET", "/bins/{bin}/privacy", privacy.index, "bin-privacy"),
    write("POST", "/bins/{bin}/privacy", privacy.save, "bin-privacy-save"),
    read("GET", "/bins/{bin}/messages/" + MESSAGE + "/conversation", conversations.of_message, "message-pair"),
    read("GET", "/api/v1/bins/{bin}/privacy", privacy_api.show, "api-privacy"),
    write("PUT", "/api/v1/bins/{bin}/privacy", privacy_api.put, "api-privacy-set"),
    read("GET", "/api/v1/bins/{bin}/alerts", alerts_api.index, "api-alerts"),
    write("POST", "/api/v1/bins/{bin}/alerts", alerts_api.create, "api-alert-add"),
    read("GET", "/api/v1/bins/{bin}/alerts/{id}", alerts_api.show, "api-alert"),
    write("PATCH", "/api/v1/bins/{bin}/alerts/{id}", alerts_api.change, "api-alert-change"),
    write("DELETE", "/api/v1/bins/{bin}/alerts/{id}", alerts_api.delete, "api-alert-delete"),
    write("POST", "/api/v1/bins/{bin}/alerts/{id}/pause", alerts_api.pause, "api-alert-pause"),
    write("POST", "/api/v1/bins/{bin}/alerts/{id}/resume", alerts_api.resume, "api-alert-resume"),
    write("POST", "/api/v1/bins/{bin}/alerts/{id}/test", alerts_api.test, "api-alert-test"),
    read("GET", "/api/v1/bins/{bin}/alerts/{id}/history", alerts_api.history, "api-alert-history"),
    read("GET", "/api/v1/bins/{bin}/listen", listeners_api.listen, "api-listen"),
    read("GET", "/api/v1/bins/{bin}/listeners", listeners_api.index, "api-listeners"),
    write("DELETE", "/api/v1/bins/{bin}/listeners/{name}", listeners_api.delete, "api-listener-delete"),
]


def add_routes(app: web.Application) -> None:
    """Register the routes under the base path, each with its rule."""
    base = app[keys.SETTINGS].base_path
    app[RULES] = {}
    app[ACTIONS] = {}
    if base:
        # Without the trailing slash, as people type it.
        app[RULES][app.router.add_get(base, home.index, name="home-bare")] = RouteRule(AccessRole.READ)
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
        app[RULES].update(dict.fromkeys(added, route.rule))
        if isinstance(route.action, str):
            app[ACTIONS].update(dict.fromkeys(added, route.action))
