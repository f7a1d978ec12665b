import gzip
import zlib

import pytest

from app.parsing import MAX_BYTES, Parsed, parse, parse_quickly
from app.parsing.unpacking import FOLLOWED, looks_packed, unpack, unpack_unnamed

from .support import FORM, JSON, XML, request

FORM_BODY = b"From=%2B1&Body=hello+hello+hello"


def bare(body):
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("X-GZip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare)],
)
def test_gzip_and_both_kinds_of_deflate_are_unpacked(encoding, pack):
    raw = request(pack(FORM_BODY), FORM, encoding=encoding)
    assert parse(raw).form == (("From", "+1"), ("Body", "hello hello hello"))
    assert parse_quickly(raw).pairs == parse(raw).form
    assert parse(raw).error is None


def test_layers_are_undone_from_the_last_one():
    assert unpack(request(zlib.compress(gzip.compress(b"x")), encoding="gzip, identity, deflate")) == (
        b"x",
        None,
    )


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_gives_no_more_than_the_bound(layers):
    body = b"a" * (32 * MAX_BYTES)
    for _ in range(layers):
        body = gzip.compress(body)
    raw = request(body, FORM, encoding=", ".join(["gzip"] * layers))
    assert len(unpack(raw)[0]) == MAX_BYTES + 1
    parsed = parse(raw)
    assert len(parsed.text) == MAX_BYTES
    assert "the first 256 KiB" in parsed.error


def test_a_tower_of_layers_is_left_standing():
    body, problem = unpack(request(b"x", encoding=",".join(["gzip"] * 50)))
    assert body == b""
    assert "several times" in problem


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, BR"])
def test_another_packing_is_named_and_not_read(encoding):
    raw = request(b"\x1b\x00=\xff", FORM, encoding=encoding, target="/k?q=1")
    name = encoding.lower().split()[-1]
    assert parse(raw) == Parsed(
        query=(("q", "1"),),
        error=f"The body is compressed with {name}, which is not supported; it is not decompressed.",
    )
    assert parse_quickly(raw).pairs == (("q", "1"),)


@pytest.mark.parametrize("encoding", ["utf-8", "<b>\x07"])
def test_an_encoding_that_is_no_packing_does_not_hide_the_body(encoding):
    parsed = parse(request(FORM_BODY, FORM, encoding=encoding))
    assert parsed.form == (("From", "+1"), ("Body", "hello hello hello"))
    assert parsed.error == "The Content-Encoding is unknown; the body is parsed without decompression."


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [FORM_BODY, b"Body=1", b"{}", b"a"])
def test_a_body_that_is_not_packed_is_read_as_it_came(encoding, body):
    unpacked, problem = unpack(request(body, encoding=encoding))
    assert unpacked == body
    assert problem == f"The Content-Encoding says {encoding}, but the body is not; it is parsed without decompression."


def test_nothing_is_no_badly_packed_body():
    assert unpack(request(b"", encoding="gzip")) == (b"", None)


def test_what_came_of_a_cut_body_is_read():
    whole = b"From=1&Body=" + b"abc" * 100
    unpacked, problem = unpack(request(gzip.compress(whole)[:-9], encoding="gzip"))
    assert whole.startswith(unpacked)
    assert unpacked
    assert "ends early" in problem


def test_what_follows_a_packed_body_is_left_out_and_it_is_said():
    assert unpack(request(gzip.compress(b"x") + b"junk", encoding="gzip")) == (
        b"x",
        "Extra bytes after the compressed body are ignored.",
    )


def test_packed_json_is_read_by_capturing_too():
    assert parse_quickly(request(gzip.compress(b'{"text": "hi"}'), JSON, encoding="gzip")).pairs == (("text", "hi"),)


@pytest.mark.parametrize("label", [FORM, JSON, "text/plain", "application/gzip", "application/octet-stream", None])
@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("zlib", zlib.compress)])
def test_what_no_header_names_is_known_by_its_first_bytes(label, name, pack):
    raw = request(pack(FORM_BODY), label)
    assert parse(raw).form == (("From", "+1"), ("Body", "hello hello hello"))
    assert parse(raw).error is None
    assert parse(raw).notes == (
        f"The body is compressed with {name}, which no Content-Encoding header says; it is parsed decompressed.",
    )
    assert parse_quickly(raw).pairs == parse(raw).form


@pytest.mark.parametrize("level", range(10))
def test_zlib_is_known_at_each_level(level):
    assert unpack_unnamed(zlib.compress(FORM_BODY, level))[0] == FORM_BODY


def test_a_second_layer_is_known_by_its_first_bytes():
    assert parse(request(gzip.compress(gzip.compress(b"{}")), JSON, encoding="gzip")).json == {}


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_without_a_header_gives_no_more_than_the_bound(pack):
    raw = request(pack(b"a" * (32 * MAX_BYTES)), FORM)
    assert len(unpack_unnamed(raw.body)[0]) == MAX_BYTES + 1
    assert "the first 256 KiB" in parse(raw).error


@pytest.mark.parametrize("body", [b"", b"x", b"x^2 + y^2", b"x\x9cshort", zlib.compress(FORM_BODY)[:-9], b"\x1f\x8b"])
def test_what_only_begins_like_it_is_read_as_it_came(body):
    assert unpack_unnamed(body) == (body, None, None)


def test_gzip_that_is_broken_is_named():
    parsed = parse(request(b"\x1f\x8b\x08broken\xff", XML))
    assert parsed.error == (
        "The body begins like gzip, but it cannot be decompressed. "
        "The Content-Type says the body is XML, but its bytes are not text."
    )
    assert parsed.notes == ()


def test_what_is_wrong_with_unnamed_gzip_is_said():
    assert unpack_unnamed(gzip.compress(b"x") + b"junk")[:2] == (b"x", FOLLOWED)
    assert "ends early" in unpack_unnamed(gzip.compress(FORM_BODY * 99)[:-9])[1]


def test_packed_bodies_are_told_from_others_by_their_beginning():
    assert looks_packed(gzip.compress(b""))
    assert looks_packed(zlib.compress(b""))
    assert not looks_packed(FORM_BODY)
