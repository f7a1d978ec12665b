"""Mistakes of the key, and the encodings of a pasted signature."""

import re
from base64 import b64decode, b64encode, urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator
from typing import NamedTuple

from ..reading import ByteFields, key_of
from .model import CodeMistake, Key

_COPY = "Use the secret itself."
_IDS = (b"accountsid", b"account_sid", b"accountid", b"account_id", b"api_key", b"api-key", b"parentaccountsid")
_PREFIX = re.compile(r"(?i)(?:sha-?(?:1|256|512)|v1a?|hmac|sig(?:nature)?|bearer)[=,: ]\s*")
_MAX_PASTED = 8192
_SIZES = (16, 20, 32, 48, 64)
_ENCODINGS = {
    "hex": "hexadecimal digits",
    "base64": "Base64",
    "base64url": "Base64 for URLs",
    "base64_unpadded": "Base64 without =",
    "base64_of_hex": "Base64 of the hexadecimal digits",
}


class Pasted(NamedTuple):
    """A signature as bytes, and how it was written."""

    digest: bytes
    encoding: str


def wrong_keys(secret: str, right: bytes, fields: ByteFields) -> list[Key]:
    """The right key, then the wrong ones, each once."""
    found: dict[bytes, Key] = {right: Key((), right)}
    for mistake, value in _keys(secret, fields):
        found.setdefault(value, Key((mistake,), value))
    return list(found.values())


def _keys(secret: str, fields: ByteFields) -> Iterator[tuple[CodeMistake, bytes]]:
    text = key_of(secret)
    yield (
        CodeMistake("key_newline", "a newline follows the secret", "Strip the secret that was read from a file."),
        (text + b"\n"),
    )
    yield CodeMistake("key_blank", "a blank follows the secret", _COPY), text + b" "
    if text.strip() != text:
        yield CodeMistake("key_blank", "the secret is trimmed, but it has blanks here", _COPY), text.strip()
    yield CodeMistake("key_quotes", "the secret has double quotes around it", _COPY), b'"%s"' % text
    yield CodeMistake("key_quotes", "the secret has single quotes around it", _COPY), b"'%s'" % text
    yield CodeMistake("key_empty", "the secret is empty", "Check the name of the environment variable."), b""
    for word in (b"undefined", b"null", b"None"):
        words = f"the secret is the text {word.decode()}, so the variable is not set"
        yield CodeMistake("key_empty", words, "Check the name of the environment variable."), word
    for name, value in fields:
        if name.lower() in _IDS and value:
            words = f"the key is the value of {name.decode('utf-8', 'replace')[:40]}, not the secret"
            yield CodeMistake("key_is_id", words, _COPY), value
    yield CodeMistake("key_encoded", "the secret is encoded in Base64 before it is used", _COPY), b64encode(text)
    yield (
        CodeMistake("key_text", "the secret is used as text, although it is to be decoded", "Decode the secret."),
        text,
    )
    bare = secret.partition("_")[2] if secret.startswith("whsec_") else secret
    yield CodeMistake("key_prefix", "whsec_ is left out of the key", _COPY), key_of(bare)
    for words, decoded in (("Base64", _base64(bare)), ("hexadecimal digits", _digits(bare))):
        if decoded is not None:
            yield CodeMistake("key_decoded", f"the secret is decoded from {words} before it is used", _COPY), decoded


def read_pasted(text: str) -> list[Pasted]:
    """The digests that a pasted text may mean; none for what is no signature. Quotes, blanks around it and a prefix
    like `sha256=` are ignored; of a token and of a list the last part counts."""
    if len(text) > _MAX_PASTED:
        return []
    bare = _PREFIX.sub("", text.strip().strip("\"'").strip(), count=1).strip().strip("\"'")
    bare = bare.rpartition(",")[2].rpartition(".")[2].strip()
    found = []
    digits = _digits(bare.replace(":", "")) if re.fullmatch(r"[0-9A-Fa-f:]+", bare) else None
    if digits is not None and len(digits) in _SIZES:
        found.append(Pasted(digits, "hex"))
    decoded = _base64(bare)
    if decoded is not None and len(decoded) in _SIZES and not found:
        encoding = "base64url" if "-" in bare or "_" in bare else "base64"
        found.append(Pasted(decoded, "base64_unpadded" if encoding == "base64" and len(bare) % 4 else encoding))
    inner = _digits(decoded.decode("latin-1")) if decoded is not None and len(decoded) in (32, 40, 64, 128) else None
    if inner is not None:
        found.insert(0, Pasted(inner, "base64_of_hex"))
    return found


def encoding_mistake(pasted: Pasted, right: str) -> CodeMistake | None:
    """The mistake of another encoding than that of the scheme."""
    if pasted.encoding == right or {pasted.encoding, right} == {"base64url", "base64_unpadded"}:
        return None  # without + and / the two are the same
    words = f"the result is in {_ENCODINGS[pasted.encoding]} instead of {_ENCODINGS[right]}"
    return CodeMistake("encoding", words, f"Encode the digest in {_ENCODINGS[right]}.")


def _digits(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _base64(text: str) -> bytes | None:
    """With or without padding, in both alphabets."""
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9+/_-]+", bare):
        return None
    padded = bare + "=" * (-len(bare) % 4)
    try:
        return urlsafe_b64decode(padded) if "-" in bare or "_" in bare else b64decode(padded)
    except (NoBase64, ValueError):
        return None
