"""From bytes to text: UTF-16 by its zeros, the declared charset, strict UTF-8, a byte order mark, then a marked guess.

Why an allow-list: the names come from the sender, and the interpreter's codecs include `unicode_escape`,
`punycode`, `utf-7` and `zlib`, which run code paths, or hide text, that are not meant to be reachable.
"""

import codecs
import re
from collections.abc import Callable
from typing import Literal

from .bounds import MAX_SAMPLE
from .results import Charset

ALLOWED = frozenset(
    ["utf-8", "us-ascii", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk", "big5", "shift_jis"]
    + ["euc-jp", "euc-kr", "koi8-r", "koi8-u", "tis-620"]
    + [f"iso-8859-{part}" for part in (*range(1, 12), 13, 14, 15)]
    + [f"windows-125{page}" for page in range(9)]
)
_ALIASES = {
    **{f"cp125{page}": f"windows-125{page}" for page in range(9)},
    "ascii": "us-ascii",
    "gb2312": "gbk",
    "iso8859-1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "shift-jis": "shift_jis",
    "sjis": "shift_jis",
    "ucs-2": "utf-16-be",
    "ucs2": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "utf16": "utf-16",
    "utf8": "utf-8",
}
_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
# The charsets that a byte order mark may begin.
_MARKED = [
    (codecs.BOM_UTF8, {"utf-8"}),
    (codecs.BOM_UTF32_LE, {"utf-32"}),
    (codecs.BOM_UTF32_BE, {"utf-32"}),
    (codecs.BOM_UTF16_LE, {"utf-16", "utf-16-le"}),
    (codecs.BOM_UTF16_BE, {"utf-16", "utf-16-be"}),
]
# The first two characters of a document are ASCII, so their zeros give the order of the bytes (RFC 4627, section 3).
_WIDE = [
    (re.compile(rb"(?:[\t\n\r -~]\x00){2}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r -~]){2}"), "utf-16-be"),
]
_XML_SAYS = re.compile(rb"""\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]")

Guess = Callable[[bytes], str]


def find_charset(label: str) -> str | None:
    """The allowed charset that a label means, or None."""
    name = label.strip().strip("\"'").lower().replace("_", "-")
    name = _ALIASES.get(name, name)
    return name if name in ALLOWED else None


def find_xml_charset(body: bytes) -> str | None:
    """What an XML declaration says, or None."""
    match = _XML_SAYS.match(body[:300])
    return match[1].decode("ascii") if match else None


def decode(body: bytes, declared: str | None, guess: Guess | None, *, whole: bool = True) -> tuple[str, Charset] | None:
    """The body as text, without a byte order mark, and how; None for what looks binary, or without a `guess`.

    With `whole` false, a character that was cut at the end is left out instead of spoiling everything.
    """
    note = misfit = None
    if declared:
        name = find_charset(declared)
        text = _decode_strictly(body, name, whole) if name and _may_be(name, body) else None
        if name and text is not None:
            return text, Charset(name=name, source="declared")
        note, misfit = _judge(declared, name)
    text = _decode_strictly(body, "utf-8", whole)
    if text is not None:
        source: Literal["bom", "utf-8"] = "bom" if body.startswith(codecs.BOM_UTF8) else "utf-8"
        return text, Charset(name="utf-8", source=source, note=note, misfit=misfit)
    for mark, name in _MARKS:
        if body.startswith(mark) and (text := _decode_strictly(body, name, whole)) is not None:
            return text, Charset(name=name, source="bom", note=note, misfit=misfit)
    if guess is None or _CONTROLS.search(body):
        return None
    name = guess(body)
    return body.decode(name, "replace"), Charset(name=name, source="suggested", note=note, misfit=misfit)


def decode_by_zeros(body: bytes, declared: str | None, *, whole: bool = True) -> tuple[str, Charset] | None:
    """`decode` for UTF-16 without a byte order mark, which is valid UTF-8 too if it is all ASCII; None for all else."""
    if b"\0" not in body[:2]:
        return None
    name = next((name for begins, name in _WIDE if begins.match(body)), None)
    text = _decode_strictly(body, name, whole) if name else None
    if name is None or text is None or "\0" in text:
        return None
    declared = declared or find_xml_charset(text[:300].encode())
    known = find_charset(declared) if declared else None
    if known in ("utf-16", name):
        return text, Charset(name=name, source="declared")
    note, misfit = _judge(declared, known) if declared else (None, None)
    return text, Charset(name=name, source="zeros", note=note, misfit=misfit)


def guess_western(body: bytes) -> str:
    """The cheap guess: Windows-1252, or Latin-1 (which defines every byte) if a byte is undefined there."""
    return "iso-8859-1" if _decode_strictly(body, "windows-1252", whole=True) is None else "windows-1252"


def guess_well(body: bytes) -> str:
    """The guess for people. Short texts fit many charsets: Western wins unless another is clearly better."""
    from charset_normalizer import from_bytes

    western = guess_western(body)
    matches = from_bytes(body[:MAX_SAMPLE], cp_isolation=sorted(_CODECS))
    best = matches.best()
    if best is None:
        return western
    for match in matches:
        as_good = match.chaos <= best.chaos and match.coherence >= best.coherence
        if as_good and western in {_CODECS.get(codec) for codec in match.could_be_from_charset}:
            return western
    return _CODECS.get(best.encoding, western)


def _decode_strictly(body: bytes, name: str, whole: bool) -> str | None:
    if name == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le"  # as browsers take it; the codec would take the machine's own order, or refuse
    try:
        return codecs.getincrementaldecoder(name)().decode(body, whole).removeprefix("\ufeff")
    except UnicodeError:  # not only UnicodeDecodeError: UTF-32 without a mark raises its parent
        return None


def _may_be(name: str, body: bytes) -> bool:
    """Whether no byte order mark says that the body is in another charset."""
    marked = [names for mark, names in _MARKED if body.startswith(mark)]
    return not marked or any(name in names for names in marked)


def _judge(declared: str, known: str | None) -> tuple[str, str | None]:
    """The note about a declaration that was not used, and what is its misfit."""
    wrong = "does not fit the bytes" if known else "is not supported"
    return f"The declared charset “{_printable(declared)}” {wrong}.", declared if known else None


def _printable(label: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in label[:40])


# UTF-16 and UTF-32 without a mark are left out of guessing: they fit any text of an even length.
_CODECS = {codecs.lookup(name).name.replace("-", "_"): name for name in ALLOWED if not name.startswith(("utf", "us-"))}
