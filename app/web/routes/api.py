"""The routes of the API."""

from ..alerts import api as alerts_api
from ..annotations import api as annotations_api
from ..answers import api as answers_api
from ..audit import api as audit_api
from ..bins import api as bins_api
from ..captures import api as captures_api
from ..compare import api as compare_api
from ..docs import page as docs
from ..drills import api as drills_api
from ..exports import api as exports_api
from ..faults import api as faults_api
from ..filters import api as filters_api
from ..forwards import api as forwards_api
from ..listeners import api as listeners_api
from ..live import api as live_api
from ..mappings import api as mappings_api
from ..messages import api as messages_api
from ..overview import api as overview_api
from ..privacy import api as privacy_api
from ..reconciliations import api as reconciliations_api
from ..replays import api as replays_api
from ..secrets import api as secrets_api
from ..sessions import api as sessions_api
from ..shares import api as shares_api
from ..simulations import api as simulations_api
from ..site import info
from ..tokens import api as tokens_api
from ..wiretaps import api as wiretaps_api
from .table import DOWNLOAD, EXPORT, LABEL, MESSAGE, READS, N, admin, public, read, write

BIN = "/api/v1/bins/{bin}"
API_ROUTES = [
    public("GET", "/api/v1/openapi.json", docs.openapi, "openapi"),
    public("GET", "/api/v1/schemas/mapping.json", mappings_api.schema, "mapping-schema"),
    public("GET", "/api/v1/schemas/event.json", forwards_api.schema, "event-schema"),
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
    read("GET", BIN, bins_api.show, "api-bin"),
    write("PATCH", BIN, bins_api.change, "api-bin-change"),
    write("DELETE", BIN, bins_api.delete, "api-bin-delete"),
    write("POST", BIN + "/rotate-key", bins_api.rotate_key, "api-bin-rotate-key"),
    read("GET", BIN + "/reread", bins_api.show_reread, "api-bin-reread-state"),
    write("POST", BIN + "/reread", bins_api.reread, "api-bin-reread"),
    read("GET", BIN + "/captures", captures_api.index, "api-captures"),
    write("DELETE", BIN + "/captures", captures_api.clear, "api-capture-clear"),
    read("GET", BIN + "/captures/count", captures_api.count, "api-captures-count"),
    write("POST", BIN + "/captures/delete", captures_api.delete_some, "api-captures-delete", "capture.delete"),
    write(
        "POST",
        BIN + "/captures/annotate",
        annotations_api.change,
        "api-captures-annotate",
        "capture.annotate",
    ),
    read("GET", BIN + "/captures/" + N, captures_api.show, "api-capture"),
    write("DELETE", BIN + "/captures/" + N, captures_api.delete, "api-capture-delete"),
    write(
        "PUT",
        BIN + "/captures/" + N + "/annotation",
        annotations_api.put,
        "api-annotation",
        "capture.annotate",
    ),
    read("GET", BIN + "/captures/" + N + "/body", captures_api.body, "api-capture-body", DOWNLOAD),
    read("GET", BIN + "/captures/" + N + "/raw", captures_api.raw, "api-capture-raw", DOWNLOAD),
    read("GET", BIN + "/filters", filters_api.index, "api-filters"),
    write("PUT", BIN + "/filters/{id}", filters_api.put, "api-filter-set"),
    write("DELETE", BIN + "/filters/{id}", filters_api.delete, "api-filter-delete"),
    read("GET", BIN + "/completions", filters_api.complete, "api-completions"),
    read("GET", BIN + "/answers/{role}", answers_api.show, "api-answer"),
    write("PUT", BIN + "/answers/{role}", answers_api.put, "api-answer-set"),
    write("DELETE", BIN + "/answers/{role}", answers_api.reset, "api-answer-reset"),
    read("GET", BIN + "/faults/{role}", faults_api.show, "api-fault"),
    write("PUT", BIN + "/faults/{role}", faults_api.put, "api-fault-set"),
    write("DELETE", BIN + "/faults/{role}", faults_api.clear, "api-fault-heal"),
    read("GET", BIN + "/mapping", mappings_api.show, "api-mapping"),
    write("PUT", BIN + "/mapping", mappings_api.put, "api-mapping-set"),
    write("DELETE", BIN + "/mapping", mappings_api.remove, "api-mapping-remove"),
    write("POST", BIN + "/mapping/preview", mappings_api.preview, "api-mapping-preview", READS),
    read("GET", BIN + "/captures/" + N + "/attempts", replays_api.index, "api-attempts"),
    write("POST", BIN + "/replays", replays_api.create, "api-capture-replay"),
    read("GET", BIN + "/forwards", forwards_api.index, "api-forwards"),
    write("POST", BIN + "/forwards", forwards_api.create, "api-forward-add"),
    read("GET", BIN + "/forwards/{id}", forwards_api.show, "api-forward"),
    write("PATCH", BIN + "/forwards/{id}", forwards_api.change, "api-forward-change"),
    write("DELETE", BIN + "/forwards/{id}", forwards_api.delete, "api-forward-delete"),
    write("POST", BIN + "/forwards/{id}/pause", forwards_api.pause, "api-forward-pause"),
    write("POST", BIN + "/forwards/{id}/resume", forwards_api.resume, "api-forward-resume"),
    write("POST", BIN + "/forwards/{id}/test", forwards_api.test, "api-forward-test"),
    write("POST", BIN + "/forwards/{id}/retry", forwards_api.retry, "api-forward-retry"),
    write("GET", BIN + "/listen", listeners_api.listen, "api-listen"),
    read("GET", BIN + "/listeners", listeners_api.index, "api-listeners"),
    write("DELETE", BIN + "/listeners/{name}", listeners_api.delete, "api-listener-remove"),
    read("GET", BIN + "/wiretaps/{role}", wiretaps_api.show, "api-wiretap"),
    write("PUT", BIN + "/wiretaps/{role}", wiretaps_api.put, "api-wiretap-set"),
    write("DELETE", BIN + "/wiretaps/{role}", wiretaps_api.remove, "api-wiretap-remove"),
    read("GET", BIN + "/alerts", alerts_api.index, "api-alerts"),
    write("POST", BIN + "/alerts", alerts_api.create, "api-alert-add"),
    read("GET", BIN + "/alerts/{id}", alerts_api.show, "api-alert"),
    write("PATCH", BIN + "/alerts/{id}", alerts_api.change, "api-alert-change"),
    write("DELETE", BIN + "/alerts/{id}", alerts_api.delete, "api-alert-delete"),
    write("POST", BIN + "/alerts/{id}/pause", alerts_api.pause, "api-alert-pause"),
    write("POST", BIN + "/alerts/{id}/resume", alerts_api.resume, "api-alert-resume"),
    write("POST", BIN + "/alerts/{id}/test", alerts_api.test, "api-alert-test"),
    read("GET", BIN + "/alerts/{id}/history", alerts_api.history, "api-alert-history"),
    read("GET", BIN + "/privacy", privacy_api.show, "api-privacy"),
    write("PUT", BIN + "/privacy", privacy_api.put, "api-privacy-set"),
    read("GET", BIN + "/shares", shares_api.index, "api-shares"),
    write("POST", BIN + "/shares", shares_api.create, "api-share-create"),
    read("GET", BIN + "/shares/{id}", shares_api.show, "api-share"),
    write("DELETE", BIN + "/shares/{id}", shares_api.revoke, "api-share-revoke"),
    read("GET", BIN + "/secrets", secrets_api.index, "api-secrets"),
    write("PUT", BIN + "/secrets/" + LABEL, secrets_api.put, "api-secret-set"),
    write("DELETE", BIN + "/secrets/" + LABEL, secrets_api.delete, "api-secret-remove"),
    read("GET", BIN + "/messages", messages_api.index, "api-messages"),
    read("GET", BIN + "/messages/" + MESSAGE, messages_api.show, "api-message"),
    write("POST", BIN + "/drills", drills_api.create, "api-drill-create"),
    read("GET", BIN + "/drills", drills_api.index, "api-drills"),
    read("GET", BIN + "/drills/{id}", drills_api.show, "api-drill"),
    write("DELETE", BIN + "/drills/{id}", drills_api.stop, "api-drill-stop"),
    write("POST", BIN + "/simulations", simulations_api.create, "api-simulation-create"),
    read("GET", BIN + "/simulations", simulations_api.index, "api-simulations"),
    read("GET", BIN + "/simulations/{id}", simulations_api.show, "api-simulation"),
    write("DELETE", BIN + "/simulations/{id}", simulations_api.delete, "api-simulation-stop"),
    write("POST", BIN + "/reconciliations", reconciliations_api.create, "api-reconciliation-create"),
    read("GET", BIN + "/reconciliations", reconciliations_api.index, "api-reconciliations"),
    read("GET", BIN + "/reconciliations/{id}", reconciliations_api.show, "api-reconciliation"),
    write("DELETE", BIN + "/reconciliations/{id}", reconciliations_api.delete, "api-reconciliation-delete"),
    write("POST", BIN + "/reconciliations/{id}/again", reconciliations_api.again, "api-reconciliation-repeat"),
    read("GET", BIN + "/reconciliations/{id}/records", reconciliations_api.records, "api-records"),
    read(
        "GET",
        BIN + "/reconciliations/{id}/export",
        reconciliations_api.export,
        "api-records-export",
        EXPORT,
    ),
    write("POST", BIN + "/reconciliations/{id}/replays", reconciliations_api.replay, "api-reconciliation-send"),
    read("GET", BIN + "/record-mapping", reconciliations_api.show_mapping, "api-record-mapping"),
    write("PUT", BIN + "/record-mapping", reconciliations_api.put_mapping, "api-reconciliation-map"),
    write("DELETE", BIN + "/record-mapping", reconciliations_api.remove_mapping, "api-reconciliation-unmap"),
    read("GET", BIN + "/comparison", compare_api.index, "api-comparison"),
    read("GET", BIN + "/volume", overview_api.volume, "api-volume"),
    read("GET", BIN + "/overview", overview_api.overview, "api-overview"),
    read("GET", BIN + "/export", exports_api.export, "api-export", "capture.export"),
    read("GET", BIN + "/live", live_api.follow_bin, "api-live"),
]
