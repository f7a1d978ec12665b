"""The privacy settings of a bin: what is masked where it is shown, and what is never stored."""

import re
from collections.abc import Sequence

import msgspec

from .curl import SECRET_HEADERS
from .masking.policy import MaskingPolicy

MAX_NAMES = 50
"""Names in one list of the settings."""
MAX_NAME = 100
"""Characters of a name."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Without these a request could not be parsed, or it would be parsed as another one.
_NEEDED = frozenset({"content-type", "content-length", "content-encoding", "transfer-encoding", "host"})


class Privacy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`mask`: numbers, codes and links. The values of `masked_headers` and `masked_fields` are masked completely; those
    of `withheld_headers` and `withheld_fields` are replaced before a request is stored. Names are in lower case."""

    mask: bool = False
    masked_headers: tuple[str, ...] = ()
    masked_fields: tuple[str, ...] = ()
    withheld_headers: tuple[str, ...] = ()
    withheld_fields: tuple[str, ...] = ()

    @property
    def withholds(self) -> bool:
        """Whether something is replaced before a request is stored."""
        return bool(self.withheld_headers or self.withheld_fields)

    def policy(self) -> MaskingPolicy:
        """What is masked in pages, live frames and files of the bin."""
        headers = frozenset(name.encode("latin-1") for name in self.masked_headers)
        return MaskingPolicy(values=self.mask, fields=frozenset(self.masked_fields), headers=SECRET_HEADERS | headers)


NO_PRIVACY = Privacy()
"""The settings of a bin without any."""

write_privacy = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Privacy).decode


def read_privacy(text: str) -> Privacy:
    """The settings as they are stored. Raises msgspec.MsgspecError."""
    return _read(text)


def clean_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names in lower case, each once, in their order, without blank ones."""
    return tuple(dict.fromkeys(name for name in (each.strip().lower() for each in names) if name))


def name_problem(names: Sequence[str], *, of_headers: bool, is_withheld: bool) -> str | None:
    """What is wrong with a list of clean names, with the cure; None: nothing."""
    if len(names) > MAX_NAMES:
        return f"has {len(names)} names; at most {MAX_NAMES} are allowed"
    for name in names:
        if len(name) > MAX_NAME:
            return f"has a name of {len(name)} characters; at most {MAX_NAME} are allowed"
        if of_headers and not _HEADER_NAME.fullmatch(name):
            return f'has "{name}", which is no name of a header; write one like Authorization'
        if _CONTROLS.search(name):
            return "has a name with a control character; remove it"
        if of_headers and is_withheld and name in _NEEDED:
            return f'has "{name}", without which a request cannot be parsed; remove it from the list'
    return None
