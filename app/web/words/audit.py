"""The actions of the audit log, in the words of pages and guide."""

from collections.abc import Callable, Mapping
from typing import Any

from ...domain.audit import AuditEntry, AuditResult

ACTION_TITLES: Mapping[str, str] = {
    "session.sign-in": "Sign in",
    "session.sign-out": "Sign out",
    "session.end": "End a session",
    "token.create": "Create a token",
    "token.revoke": "Revoke a token",
    "bin.create": "Create a bin",
    "bin.change": "Change a bin",
    "bin.rotate-key": "Give a bin a new key",
    "bin.reread": "Parse a bin again",
    "bin.delete": "Delete a bin",
    "capture.delete": "Delete requests",
    "capture.clear": "Delete all requests",
    "capture.annotate": "Change pin, note or tags",
    "capture.replay": "Send requests again",
    "capture.certificate": "Fetch a certificate",
    "capture.export": "Export requests or messages",
    "capture.download": "Download a request",
    "capture.copy": "Copy a request",
    "filter.set": "Save a filter",
    "filter.delete": "Delete a filter",
    "answer.set": "Set a response",
    "answer.reset": "Reset a response",
    "fault.set": "Set a fault",
    "fault.heal": "End a fault",
    "mapping.set": "Set the mapping",
    "mapping.remove": "Remove the mapping",
    "secret.set": "Set a signing secret",
    "secret.remove": "Remove a signing secret",
    "forward.add": "Add a forward",
    "forward.change": "Change a forward",
    "forward.pause": "Pause a forward",
    "forward.resume": "Resume a forward",
    "forward.test": "Test a forward",
    "forward.retry": "Retry failures of a forward",
    "forward.delete": "Delete a forward",
    "alert.add": "Add an alert",
    "alert.change": "Change an alert",
    "alert.pause": "Pause an alert",
    "alert.resume": "Resume an alert",
    "alert.test": "Test an alert",
    "alert.delete": "Delete an alert",
    "listener.remove": "Remove a listener",
    "privacy.set": "Change what is masked or not kept",
    "wiretap.set": "Set a wiretap",
    "wiretap.remove": "Remove a wiretap",
    "drill.create": "Start a drill",
    "drill.stop": "Stop a drill",
    "simulation.create": "Start a simulation",
    "simulation.stop": "Stop a simulation",
    "reconciliation.create": "Compare a provider's list",
    "reconciliation.repeat": "Compare a list again",
    "reconciliation.map": "Choose the columns of a list",
    "reconciliation.unmap": "Forget the columns of a list",
    "reconciliation.cancel": "Stop a reconciliation",
    "reconciliation.delete": "Delete a reconciliation",
    "reconciliation.send": "Send lost messages again",
    "reconciliation.export": "Export a reconciliation",
    "share.create": "Create a share link",
    "share.revoke": "Revoke a share link",
    "retention.confirm": "Confirm the server's clock",
    "audit.export": "Export the audit log",
    "server.restore": "Restore a backup",
    "server.migrate": "Move to another database",
}
ACTION_GROUPS: Mapping[str, str] = {
    "session": "Signing in and out",
    "token": "Tokens",
    "bin": "Bins",
    "capture": "Requests",
    "filter": "Saved filters",
    "answer": "Responses",
    "fault": "Faults",
    "drill": "Drills",
    "mapping": "Mappings",
    "secret": "Signing secrets",
    "forward": "Forwards",
    "alert": "Alerts",
    "listener": "Listeners",
    "privacy": "Privacy",
    "wiretap": "Wiretaps",
    "simulation": "Simulations",
    "reconciliation": "Reconciliations",
    "share": "Share links",
    "retention": "Retention",
    "audit": "The audit log",
    "server": "The server",
}
VIA_TITLES: Mapping[str, str] = {"session": "browser", "bearer": "API", "proxy": "proxy"}
RESULT_LOOKS: Mapping[AuditResult | None, tuple[str, str, str]] = {
    AuditResult.DONE: ("check", "ok", "Done"),
    AuditResult.REFUSED: ("x", "warn", "Refused"),
    AuditResult.FAILED: ("bang", "bad", "Failed"),
    None: ("bang", "muted", "Not known"),
}
"""Icon, tone and word."""


def action_title(action: str) -> str:
    """What was done, in words."""
    return ACTION_TITLES.get(action, action)


def facts_text(entry: AuditEntry) -> str:
    """What was changed, besides the bin: "request #5", "name: Support"."""
    return ", ".join(f"#{value}" if name == "n" else f"{name}: {value}" for name, value in entry.facts.items())


AUDIT_FILTERS: Mapping[str, Callable[..., Any]] = {"action_title": action_title, "facts_text": facts_text}
