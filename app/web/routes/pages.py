"""The routes of the pages."""

from ..alerts import page as alerts
from ..annotations import page as annotations
from ..answers import page as answers
from ..audit import page as audit
from ..bins import home
from ..bins import page as bins
from ..captures import axis, copies
from ..captures import page as captures
from ..compare import page as compare
from ..conversations import page as conversations
from ..docs import guide
from ..docs import page as docs
from ..drills import page as drills
from ..faults import page as faults
from ..filters import page as filters
from ..forwards import page as forwards
from ..listeners import page as listeners
from ..live import page as live
from ..mappings import page as mappings
from ..messages import page as messages
from ..overview import page as overview
from ..palette import page as palette
from ..privacy import page as privacy
from ..reconciliations import page as reconciliations
from ..secrets import page as secrets
from ..sessions import page as sessions
from ..setup import page as setup
from ..shares import live as shared_live
from ..shares import page as shares
from ..shares import viewing
from ..simulations import page as simulations
from ..site import health, sign_in, static
from ..site.audit import SIGN_IN
from ..tokens import page as tokens
from ..wiretaps import page as wiretaps
from .table import DOWNLOAD, MESSAGE, PAIR, READS, M, N, admin, public, read, shared, write

# The secret of the share is the credential.
SHARED = "/shared/{share}"
PAGE_ROUTES = [
    public("GET", "/healthz", health.alive, "healthz"),
    public("GET", "/readyz", health.ready, "readyz"),
    public("GET", "/robots.txt", health.robots, "robots"),
    public("GET", "/static/{path:.+}", static.serve, "static"),
    public("GET", "/sign-in", sign_in.form, "sign_in"),
    public("POST", "/sign-in", sign_in.sign_in, "sign_in_form", SIGN_IN),
    public("GET", "/docs", docs.show, "docs"),
    public("GET", "/docs/guide", guide.index, "guide"),
    public("GET", "/docs/guide/{page:[a-z-]+}", guide.show, "guide-page"),
    shared(SHARED, viewing.show, "shared"),
    shared(SHARED + "/rows", viewing.rows, "shared-rows"),
    shared(SHARED + "/live", shared_live.follow_share, "shared-live"),
    shared(SHARED + "/captures/" + N, viewing.show_capture, "shared-capture"),
    read("POST", "/sign-out", sign_in.sign_out, "sign_out", "session.sign-out"),
    read("GET", "/metrics", health.metrics, "metrics", all_bins=True),
    read("GET", "/", home.index, "home"),
    read("GET", "/palette", palette.find, "palette"),
    write("POST", "/bins", home.create, "bin-create", all_bins=True),
    admin("POST", "/retention/confirm", home.confirm_time, "retention-confirm"),
    admin("GET", "/settings/tokens", tokens.index, "tokens"),
    admin("POST", "/settings/tokens", tokens.create, "token-create"),
    admin("POST", "/settings/tokens/{id}/revoke", tokens.revoke, "token-revoke"),
    admin("GET", "/settings/sessions", sessions.index, "sessions"),
    admin("POST", "/settings/sessions/{id}/end", sessions.end, "session-end"),
    admin("GET", "/settings/audit", audit.index, "audit"),
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
    write("POST", "/bins/{bin}/listeners/{name}/remove", listeners.remove, "listener-remove"),
    read("GET", "/bins/{bin}/wiretaps", wiretaps.index, "bin-wiretaps"),
    write("POST", "/bins/{bin}/wiretaps/{role}", wiretaps.save, "wiretap-set"),
    write("POST", "/bins/{bin}/wiretaps/{role}/remove", wiretaps.remove, "wiretap-remove"),
    read("GET", "/bins/{bin}/alerts", alerts.index, "bin-alerts"),
    write("POST", "/bins/{bin}/alerts", alerts.save, "alert-add"),
    read("GET", "/bins/{bin}/alerts/{id}", alerts.show, "bin-alert"),
    write("POST", "/bins/{bin}/alerts/{id}/{what}", alerts.act, "alert-act", "alert.change"),
    read("GET", "/bins/{bin}/privacy", privacy.index, "bin-privacy"),
    write("POST", "/bins/{bin}/privacy", privacy.save, "privacy-set"),
    read("GET", "/bins/{bin}/shares", shares.index, "bin-shares"),
    write("POST", "/bins/{bin}/shares", shares.create, "share-create"),
    write("POST", "/bins/{bin}/shares/{id}/revoke", shares.revoke, "share-revoke"),
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
    read("GET", "/bins/{bin}/messages/" + MESSAGE + "/conversation", conversations.of_message, "message-pair"),
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
]
