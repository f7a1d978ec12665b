"""Parts of composed requests. Nothing here is left to chance: the same wish makes the same bytes."""

import hashlib
from collections.abc import Sequence
from urllib.parse import urlencode

from ..sheet import Draft

FORM = "application/x-www-form-urlencoded"


def form(pairs: Sequence[tuple[str, str]], *first: tuple[str, str], content_type: str = FORM) -> Draft:
    """A form post with these headers first."""
    headers = (*first, ("Accept", "*/*"), ("Content-Type", content_type))
    return Draft(method="POST", query="", headers=headers, body=urlencode(pairs).encode())


def uuid_of(*said: str) -> str:
    """An id in the shape of a UUID, the same for the same words."""
    digits = hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
