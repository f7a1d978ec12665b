"""Sign a request by one of the 108 forms of HMAC.

Where the request already has headers with a signature, a time stamp and an id, their values are replaced in place, so
that the receiving code finds them; otherwise they become `X-Signature`, `X-Timestamp` and `X-Id`.
"""

from ..domain.captures import write_lines
from ..errors import Invalid
from .candidates import Candidates, candidates_in
from .digests import hmac_of, seconds
from .drafts import Draft
from .reading import to_bytes
from .schemes.generic import Form, encoded, keys_of

_PLACEHOLDER = b"signature-of-this-request"


def sign_by_form(draft: Draft, secret: str, form: Form) -> Draft:
    """The draft with a signature of this form. Invalid: the secret cannot be decoded as the form has it."""
    key = keys_of(secret).get(form.key)
    if key is None:
        raise Invalid(("secret", f"The secret cannot be decoded from {form.key}, as {form.name} has it."))
    candidates = candidates_in(write_lines(draft.headers))
    stamped, before = _stamped(draft, candidates, form)
    placed = _with_signature(stamped, candidates)
    digest = hmac_of(key, before + draft.body, form.algorithm)
    if draft.wrongly:
        digest = bytes([digest[0] ^ 1]) + digest[1:]
    return _replaced(placed, _PLACEHOLDER, encoded(digest, form.encoding).encode())


def _stamped(draft: Draft, candidates: Candidates, form: Form) -> tuple[Draft, bytes]:
    """With the time and the id of the form, and what is signed before the body."""
    if form.message == "url+body":
        return draft, to_bytes(draft.url)
    if form.message == "body":
        return draft, b""
    if candidates.stamps:
        old = candidates.stamps[0]
        stamp = _like(old, draft)
        draft = _replaced(draft, old, stamp)
    else:
        stamp = draft.stamp
        draft = draft.having((b"X-Timestamp", stamp))
    if form.message == "ts.body":
        return draft, stamp + b"."
    if candidates.ids:
        return draft, candidates.ids[0] + b"." + stamp + b"."
    id_ = draft.nonce.encode()
    return draft.having((b"X-Id", id_)), id_ + b"." + stamp + b"."


def _like(old: bytes, draft: Draft) -> bytes:
    """The time, written as the old one: in milliseconds, seconds, or as ISO 8601."""
    if not old.isdigit():
        return draft.at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    in_ms = b"%d" % (seconds(draft.at) * 1000)
    return in_ms if len(old) == len(in_ms) else draft.stamp


def _with_signature(draft: Draft, candidates: Candidates) -> Draft:
    """With the placeholder where the signature is to be."""
    if not candidates.named:
        return draft.having((b"X-Signature", _PLACEHOLDER))
    return _replaced(draft, candidates.digests[0].text.encode("latin-1"), _PLACEHOLDER)


def _replaced(draft: Draft, old: bytes, new: bytes) -> Draft:
    """With another value in the first header that contains the old one."""
    headers = list(draft.headers)
    for at, (name, value) in enumerate(headers):
        if old in value:
            headers[at] = (name, value.replace(old, new, 1))
            break
    return draft.replaced(tuple(headers))
