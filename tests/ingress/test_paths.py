"""Which requests have a capture URL, decided by the request line alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.roles import Role
from app.ingress.paths import CapturePaths

KEY = "k7m2q9xwd4t8r3vz"
ROOT = CapturePaths("")
BELOW = CapturePaths("/x/y")
PARTS = [
    "GET",
    " ",
    "/",
    KEY,
    "HTTP/1.1",
    "\r\n",
    "\r",
    "\n",
    "?",
    "#",
    "%",
    "%2f",
    "%6b",
    "\x00",
    "\xff",
    "//",
    "http://a",
]
BYTES = (
    st.lists(st.sampled_from([*PARTS, "status", ":", "..", ";", "\t"]))
    .map("".join)
    .map(lambda text: text.encode("latin-1"))
)


def _key(line: str, paths: CapturePaths = ROOT) -> str | None:
    found = paths.read(line.encode("latin-1"))
    assert found is not None, line
    return found.key


@pytest.mark.parametrize(
    "target",
    [
        f"/{KEY}",
        f"/{KEY}/",
        f"/{KEY}/anything/at?all",
        f"/{KEY}?a=1",
        f"/{KEY}#part",
        f"/%6b{KEY[1:]}",
        f"/%6B{KEY[1:]}?q=%41",
        f"%2f{KEY}",
        f"http://other.example/{KEY}",
        f"ftp://other.example:99/{KEY}/status",
        f"/{KEY}/\xff\xfe",
    ],
)
def test_a_path_that_begins_with_a_key_is_one_of_a_bin(target: str) -> None:
    assert _key(f"GET {target} HTTP/1.1\r\n") == KEY


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "*",
        f"/{KEY[:-1]}",
        f"/{KEY}0",
        f"/{KEY.upper()}",
        f"//{KEY}",
        f"/bins/{KEY}",
        f"/bins?{KEY}",
        f"{KEY}",
        f"/./{KEY}",
        f"/x%2f{KEY}",
        f"http:/{KEY}",
        f"other.example/{KEY}",
    ],
)
def test_any_other_path_belongs_to_no_bin(target: str) -> None:
    assert _key(f"GET {target} HTTP/1.1\r\n") is None


def test_below_a_base_path_only_what_is_below_it_belongs_to_a_bin() -> None:
    assert _key(f"GET /x/y/{KEY}/status HTTP/1.1\r\n", BELOW) == KEY
    assert _key(f"GET /%78/y/{KEY} HTTP/1.1\r\n", BELOW) == KEY
    assert _key(f"GET http://a/x/y/{KEY} HTTP/1.1\r\n", BELOW) == KEY
    for path in (f"/{KEY}", f"/x/{KEY}", f"/x/y{KEY}", f"/X/y/{KEY}", f"/x.y/{KEY}"):
        assert _key(f"GET {path} HTTP/1.1\r\n", BELOW) is None


@pytest.mark.parametrize(
    ("tail", "role"),
    [
        ("", Role.PRIMARY),
        ("/status", Role.STATUS),
        ("/voice-fallback/x", Role.VOICE_FALLBACK),
        ("/%73tatus", Role.PRIMARY),
        ("/Status", Role.PRIMARY),
        ("/x/status", Role.PRIMARY),
        ("?x=/status", Role.PRIMARY),
    ],
)
def test_the_first_segment_behind_the_key_names_the_role(tail: str, role: Role) -> None:
    line = ROOT.read(f"GET /{KEY}{tail} HTTP/1.1\r\n".encode())
    assert line is not None
    assert line.role is role


def test_a_line_is_split_into_method_target_and_version() -> None:
    data = f"M-SEARCH /{KEY}/%2f?x=%0a HTTP/1.0\r\nHost: x\r\n\r\n".encode()
    line = ROOT.read(data)
    assert line is not None
    assert (line.method, line.target, line.version) == (b"M-SEARCH", f"/{KEY}/%2f?x=%0a".encode(), b"1.0")
    assert data[line.end :] == b"Host: x\r\n\r\n"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /{KEY} HTTP/3\r\n",
        f"GET /{KEY} HTTP/1.1\n",
        f"GET /{KEY}\r\n",
        f"GET /{KEY}",
        f"GET /{KEY} \r\n",
        f"GET /{KEY}/a b HTTP/1.1\r\n",
        f"GET /{KEY}/\x00 HTTP/1.1\r\n",
        f"GET /{KEY}\tHTTP/1.1\r\n",
        f"GET /{KEY} http/1.1\r\n",
    ],
)
def test_a_line_that_is_none_may_still_name_a_bin(line: str) -> None:
    found = ROOT.read(line.encode())
    assert found is not None
    assert (found.key, found.version) == (KEY, None)


@pytest.mark.parametrize("line", [f"GE(T /{KEY} HTTP/1.1\r\n", f" GET /{KEY}\r\n", f"/{KEY}\r\n", "", "GET ", "\r\n"])
def test_without_a_method_and_a_blank_nothing_belongs_to_a_bin(line: str) -> None:
    assert ROOT.read(line.encode()) is None
    assert ROOT.read_broken(line.encode()) is None


@given(BYTES)
def test_what_is_read_stands_in_the_bytes(data: bytes) -> None:
    for found in (ROOT.read(data), ROOT.read_broken(data)):
        if found is None:
            continue
        assert data.startswith(found.method + b" ")
        assert found.target in data[: found.end]
        assert found.key in (None, KEY)


@given(BYTES, BYTES)
def test_a_whole_line_belongs_to_the_same_bin_whatever_follows(data: bytes, more: bytes) -> None:
    line = b"GET /%s%s HTTP/1.1\r\n" % (KEY.encode(), re.sub(rb"[\s\x00]", b"", data))
    assert ROOT.read(line + more) == ROOT.read(line)


@given(BYTES)
def test_whatever_is_a_capture_is_still_one_when_the_rest_is_not_valid(data: bytes) -> None:
    """Except for a percent-encoded key, which needs a complete line."""
    found = ROOT.read(data)
    if found is not None and found.key is not None and KEY.encode() in found.target:
        broken = ROOT.read_broken(data)
        assert broken is None or broken.key == KEY
