"""Content-Encoding undone within a bound: a bomb costs as much as a body of `MAX_BYTES`, no more."""

import zlib

from ..domain.captures import RawRequest
from .bounds import MAX_BYTES

EARLY = "The compressed body ends early; the received part is parsed."
FOLLOWED = "Extra bytes after the compressed body are ignored."

_PLAIN = {"", "identity"}
# Deflate is sent with and without its wrapper.
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
_OTHERS = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
_MAX_LAYERS = 3
# How a stream of zlib begins (RFC 1950, section 2.2), by level of compression; the second is `x^`, so a text may begin
# like that, and only a whole stream is believed.
_GZIP, _ZLIB = b"\x1f\x8b\x08", (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")


def unpack(raw: RawRequest) -> tuple[bytes, str | None]:
    """At most `MAX_BYTES` + 1 bytes (so that a cut is detected), and what went wrong in unpacking.

    A body that cannot be unpacked gives no bytes; one that is not packed, in spite of its header, is returned as it is.
    """
    header = b",".join(value for name, value in raw.headers if name.lower() == b"content-encoding")
    codings = [coding.strip().lower() for coding in header.decode("latin-1").split(",")]
    layers = [coding for coding in reversed(codings) if coding not in _PLAIN]
    body, problem = raw.body, None
    if not body:
        return body, None
    if len(layers) > _MAX_LAYERS:
        return b"", "The body is compressed several times, so it is not decompressed."
    for coding in layers:
        if coding in _OTHERS:
            problem = f"The body is compressed with {coding}, which is not supported; it is not decompressed."
            return b"", problem
        if coding not in _WINDOWS:
            problem = "The Content-Encoding is unknown; the body is parsed without decompression."
            break
        unpacked = _inflate(body, _WINDOWS[coding])
        if unpacked is None:
            problem = f"The Content-Encoding says {coding}, but the body is not; it is parsed without decompression."
            break
        body, problem = unpacked[0], unpacked[1] or problem
    return body[: MAX_BYTES + 1], problem


def looks_packed(body: bytes) -> bool:
    """Whether a body begins like gzip or zlib."""
    return body.startswith((_GZIP, *_ZLIB))


def unpack_unnamed(body: bytes) -> tuple[bytes, str | None, str | None]:
    """A body that is compressed although nothing says so: at most `MAX_BYTES` + 1 bytes, what went wrong, and a note
    about it. Any other body comes as it is.
    """
    if not looks_packed(body):
        return body, None, None
    name, window = ("gzip", 31) if body.startswith(_GZIP) else ("zlib", 15)
    unpacked = _inflate(body, (window,))
    if name == "zlib" and (unpacked is None or unpacked[1] == EARLY):
        return body, None, None
    if unpacked is None:
        return body, "The body begins like gzip, but it cannot be decompressed.", None
    note = f"The body is compressed with {name}, which no Content-Encoding header says; it is parsed decompressed."
    return *unpacked, note


def _inflate(body: bytes, windows: tuple[int, ...]) -> tuple[bytes, str | None] | None:
    """The first `MAX_BYTES` + 1 bytes and what is wrong with the rest; None: not packed this way."""
    for window in windows:
        machine = zlib.decompressobj(window)
        try:
            found = machine.decompress(body, MAX_BYTES + 1)
        except zlib.error:
            continue
        if machine.eof:
            return found, FOLLOWED if machine.unused_data else None
        # Text taken for bare deflate often "works" for a few bytes: only a full stream is believed.
        if len(found) > MAX_BYTES:
            return found, None
        if window > 0 and found:
            return found, EARLY
    return None
