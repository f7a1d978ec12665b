"""Query strings and urlencoded forms: every pair, repeated and blank ones too, in order."""

import re
from binascii import a2b_qp, unhexlify

from .bounds import MAX_FIELDS
from .charsets import guess_western
from .results import Pairs

# No blanks or control characters: a sentence with an equals sign in it is a text, not a form.
_LOOKS = re.compile(r"[A-Za-z_][\w.%+\-\[\]]{0,100}=[^\s\x00-\x1f]*\s*")
_PAIR = r"[A-Za-z_][\w.%+\-\[\]]{0,100}+=[^\s;]*+"
_SEMICOLONS = re.compile(rf"{_PAIR}(?:;{_PAIR})+;?\s*", re.ASCII)
# A pattern that begins with a literal character skips text without it in C; `(?:…)+` takes 50 times as long there.
_ESCAPES = re.compile(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_BYTE_ESCAPES = re.compile(rb"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_ASCII = {f"{code:02{case}}": chr(code) for code in range(128) for case in "xX"}
# Quoted-printable has `=` for `%`, so the two change places. Not so read are escapes of signs that would then be taken
# for the form's own, and what ends a line there.
_AS_QUOTED = bytes.maketrans(b"%=+", b"=% ")
_NOT_AS_QUOTED = re.compile(rb"%(?:2[56]|3[dD]|[\r\n])")


def read_query(target: str) -> Pairs:
    """The pairs behind the `?` of a request target (one character a byte); none without one."""
    _, mark, query = target.partition("?")
    if not mark:
        return ()
    if has_semicolons(query):
        query = query.replace(";", "&")
    try:
        return read_form(query.encode("latin-1"))
    except UnicodeEncodeError:  # not from a request over the network, but from tests or an import
        return read_form(query.encode("utf-8", "replace"))


def read_form(body: bytes, charset: str | None = None) -> Pairs:
    """The first `MAX_FIELDS` pairs. Bad percent escapes stay as typed; it always gives text.

    Without a charset: UTF-8 for all fields if it fits all of them, otherwise the cheap guess.
    """
    return read_usual_form(body)[0] if charset is None else _read_bytes(body, charset)


def has_semicolons(form: str) -> bool:
    """Whether the fields are separated by `;`, as HTML 4.01 recommends to accept (appendix B.2.2). Only if it is clear:
    there is no `&`, and everything between the semicolons is a pair.
    """
    return ";" in form and "&" not in form and _SEMICOLONS.fullmatch(form) is not None


def without_mark(pairs: Pairs) -> Pairs:
    """The pairs without a byte order mark in front of the first name."""
    if not pairs or not pairs[0][0].startswith("\ufeff"):
        return pairs
    return ((pairs[0][0].removeprefix("\ufeff"), pairs[0][1]), *pairs[1:])


def read_usual_form(body: bytes) -> tuple[Pairs, bool, bool]:
    """`read_form` without a charset, whether it is in UTF-8, and whether there may be a `{` in it, and so JSON."""
    try:
        pairs, has_brace = _read_utf8(body)
    except UnicodeDecodeError:
        return _read_bytes(body, guess_western(unescape(body))), False, True
    return pairs, True, has_brace


def unescape(body: bytes) -> bytes:
    """Percent escapes undone. Quick also for a body of nothing but percent signs, as the library's is not."""
    return _BYTE_ESCAPES.sub(lambda match: unhexlify(match[0].replace(b"%", b"")), body)


def has_too_many(form: str) -> bool:
    """Whether `read_form` left fields out."""
    return form.count("&") >= MAX_FIELDS


def looks_like_form(text: str) -> bool:
    """Whether a text without a (true) label is urlencoded pairs."""
    return _LOOKS.fullmatch(text) is not None


def _may_have_brace(body: bytes) -> bool:
    return b"{" in body or b"%7" in body


def _read_utf8(body: bytes) -> tuple[Pairs, bool]:
    """The usual form, which most captures have: text is split, not bytes, which halves the time."""
    text = body.replace(b"+", b" ").decode() if b"%" not in body else _undo_at_once(body)
    if text is None:
        return _read_one_by_one(body), _may_have_brace(body)
    pieces = text.split("&", MAX_FIELDS)[:MAX_FIELDS]
    pairs = tuple([(name, value) for name, _, value in [piece.partition("=") for piece in pieces if piece]])
    return pairs, "{" in text


def _undo_at_once(body: bytes) -> str | None:
    """A form of plain escapes as text, its `&` and `=` those of the form; None where one by one is the only way.

    Quoted-printable is the same escapes behind another sign, and the library undoes them in C: half the time.
    """
    if _NOT_AS_QUOTED.search(body) or not body.isascii():
        return None
    undone = a2b_qp(body.translate(_AS_QUOTED))
    # Each good escape is two bytes shorter now, each bad one less than that.
    if len(undone) != len(body) - 2 * body.count(b"%"):
        return None
    try:
        return undone.decode().replace("%", "=")
    except UnicodeDecodeError:  # not UTF-8, or not in the fields that are read
        return None


def _read_one_by_one(body: bytes) -> Pairs:
    pairs = []
    for piece in body.replace(b"+", b" ").decode().split("&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = piece.partition("=")
        if "%" in name:
            name = _undo(name)
        if "%" in value:
            value = _undo(value)
        if piece:
            pairs.append((name, value))
    return tuple(pairs)


def _undo(text: str) -> str:
    """Percent escapes as UTF-8. ASCII ones, nearly all, are looked up one by one: half the time of a pattern's."""
    first, *others = text.split("%")
    parts = [first]
    for other in others:
        character = _ASCII.get(other[:2])
        if character is None:
            return _ESCAPES.sub(_as_utf8, text)
        parts += (character, other[2:])
    return "".join(parts)


def _as_utf8(match: re.Match[str]) -> str:
    return unhexlify(match[0].replace("%", "")).decode()


def _read_bytes(body: bytes, charset: str) -> Pairs:
    """Any charset: in some, one character is an escape and a plain letter together."""
    pairs = []
    for piece in body.replace(b"+", b" ").split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = (unescape(side) for side in piece.partition(b"="))
        if piece:
            pairs.append((name.decode(charset, "replace"), value.decode(charset, "replace")))
    return tuple(pairs)
