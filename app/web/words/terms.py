"""What the keys of a filter find and what their values mean, beside a completion."""

from ...domain.findings import FINDINGS, explain
from ...domain.phones import show_phone
from ...domain.roles import Kind, Role
from ...domain.search import EXAMPLES
from ...domain.search.completing import EXAMPLE_VALUES
from ...domain.search.terms import ANY
from ...domain.signatures import SignatureVerdict
from .signatures import VERDICTS
from .titles import KIND_TITLES, ROLE_TITLES, look_of, provider_name


def about_key(key: str) -> str:
    """What a key finds; `key` has no sign."""
    return next((meaning for name, (_, meaning) in EXAMPLES.items() if name[:-1] == key), "")


def about_value(key: str, value: str) -> str:
    """What a value means in words; "" if they are the value."""
    words = _words_of(key, value)
    return "" if words.lower() == value.lower() else words


def _words_of(key: str, value: str) -> str:
    if key in EXAMPLE_VALUES:
        return EXAMPLE_VALUES[key].get(value, "")
    if key == "has":
        return "any finding" if value == ANY else explain(value).title if value in FINDINGS else ""
    if key in ("from", "to"):
        return show_phone(value)
    if key == "signature" and value in set(SignatureVerdict):
        return VERDICTS[SignatureVerdict(value)].word
    titles = {
        "status": look_of(value).word, "role": ROLE_TITLES.get(Role(value)) if key == "role" else None,
        "kind": KIND_TITLES.get(Kind(value)) if key == "kind" else None, "provider": provider_name(value),
        "is": {"simulated": "sent by the simulator", "pinned": "pinned by a user"}.get(value, ""),
    }  # fmt: skip
    return titles.get(key) or ""
