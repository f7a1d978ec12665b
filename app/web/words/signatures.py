"""Verdicts about signatures in words and signs. A sign is always shown with its word."""

from ...domain.signatures import SignatureVerdict
from .titles import StatusLook

VERDICTS = {
    SignatureVerdict.VALID: StatusLook("check", "ok", "Signed"),
    SignatureVerdict.VALID_AS: StatusLook("bang", "warn", "Signed, but with a difference"),
    SignatureVerdict.WRONG_SECRET_OR_CHANGED: StatusLook("x", "bad", "Invalid signature"),
    SignatureVerdict.STALE: StatusLook("bang", "warn", "Signed, but outside of its time window"),
    SignatureVerdict.UNSIGNED: StatusLook("dots", "muted", "Not signed"),
    SignatureVerdict.NOT_SIGNED_BY_PROVIDER: StatusLook("dots", "muted", "This provider does not sign"),
    SignatureVerdict.UNDECIDED: StatusLook("dots", "muted", "Cannot say"),
}
