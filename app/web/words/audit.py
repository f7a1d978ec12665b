"""The actions of the audit log, in the words of pages and guide."""

from collections.abc import Callable, Mapping
from typing import Any

from ...domain.audit import AuditEntry, AuditResult

ACTION_TITLES: Mapping[str, str] = {
    "session.sign-in": "Signed in",
    "session.sign-out": "Signed out",
    "bin.create": "Created a bin",
    "bin.change": "Changed a bin",
    "bin.rotate-key": "Gave a bin a new key",
    "bin.reread": "Parsed a bin again",
    "bin.delete": "Deleted a bin",
    "capture.delete": "Deleted requests",
    "capture.clear": "Deleted all requests",
    "capture.annotate": "Changed pin, note or tags",
    "capture.replay": "Sent requests again",
    "capture.certificate": "Fetched a certificate",
    "capture.export": "Exported requests or messages",
    "capture.download": "Downloaded a request",
    "capture.copy": "Copied a request",
    "filter.set": "Saved a filter",
    "filter.delete": "Deleted a filter",
    "answer.set": "Set a response",
    "answer.reset": "Reset a response",
    "fault.set": "Set a fault",
    "fault.heal": "Ended a fault",
    "mapping.set": "Set the mapping",
    "mapping.remove": "Removed the mapping",
    "secret.set": "Set a signing secret",
    "secret.remove": "Removed a signing secret",
    "forward.add": "Added a forward",
    "forward.change": "Changed a forward",
    "forward.pause": "Paused a forward",
    "forward.resume": "Resumed a forward",
    "forward.test": "Tested a forward",
    "forward.retry": "Retried failures of a forward",
    "forward.delete": "Deleted a forward",
    "drill.create": "Started a drill",
    "drill.stop": "Stopped a drill",
    "simulation.create": "Started a simulation",
    "simulation.stop": "Stopped a simulation",
    "reconciliation.create": "Compared a provider's list",
    "reconciliation.repeat": "Compared a list again",
    "reconciliation.map": "Chose the columns of a list",
    "reconciliation.unmap": "Forgot the columns of a list",
    "reconciliation.cancel": "Stopped a reconciliation",
    "reconciliation.delete": "Deleted a reconciliation",
    "reconciliation.send": "Sent lost messages again",
    "reconciliation.export": "Exported a reconciliation",
    "retention.confirm": "Confirmed the server's clock",
    "audit.export": "Exported the audit log",
    "server.restore": "Restored a backup",
}
ACTION_GROUPS: Mapping[str, str] = {
    "session": "Signing in and out",
    "bin": "Bins",
    "capture": "Requests",
    "filter": "Saved filters",
    "answer": "Responses",
    "fault": "Faults",
    "drill": "Drills",
    "mapping": "Mappings",
    "secret": "Signing secrets",
    "forward": "Forwards",
    "simulation": "Simulations",
    "reconciliation": "Reconciliations",
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
