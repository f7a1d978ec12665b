"""The result of checking the signature of a capture."""

from enum import StrEnum

import msgspec


class SignatureVerdict(StrEnum):
    """Whether a capture is genuine. It never changes the answer (P6).

    `VALID_AS`: the signature fits after a change that is named, for example of the scheme of the URL.
    `WRONG_SECRET_OR_CHANGED`: nothing that was tried fits. `STALE`: the signature fits, but its time stamp was outside
    of the provider's window when the capture was received. `UNSIGNED`: the provider signs, this request has no
    signature. `NOT_SIGNED_BY_PROVIDER`: the provider does not sign. `UNDECIDED`: no secret, an incomplete body, or a
    certificate that is missing.
    """

    VALID = "valid"
    VALID_AS = "valid_as"
    WRONG_SECRET_OR_CHANGED = "wrong_secret_or_changed"  # noqa: S105
    STALE = "stale"
    UNSIGNED = "unsigned"
    NOT_SIGNED_BY_PROVIDER = "not_signed_by_provider"
    UNDECIDED = "cannot_say"


class Signing(StrEnum):
    """How requests that smsbin sends are signed: with no new signature, a right one, or a wrong one on purpose."""

    NONE = "none"
    VALID = "valid"
    INVALID = "invalid"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict about one capture.

    `scheme`: the name of the signature scheme, None when there is no signature. `causes`: stable codes of the
    differences between what was signed and what was received, or of the mistake ("scheme", "trailing_slash",
    "body_changed"). `variant`: the same in words, beginning with the code: "scheme: valid if the URL is https://…";
    None when `causes` is empty. `secret`: the label of the secret that fits. `sentence`: the verdict with its cure,
    for people.
    """

    verdict: SignatureVerdict
    scheme: str | None = None
    causes: tuple[str, ...] = ()
    variant: str | None = None
    secret: str | None = None
    sentence: str = ""
