"""Where a request came in: what the operator said, what a trusted proxy says, and nobody else."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from app.domain.roles import Role
from app.settings import Settings, read_settings
from app.web.site.urls import ServerAddress, capture_url, find_server_address, peer_of, public_root

HERE = "127.0.0.1"
BEHIND = {"trusted_proxies": "127.0.0.0/8,10.0.0.0/8"}


def _place(settings: Settings, direct: str = HERE, **headers: str) -> ServerAddress:
    given = CIMultiDict({"Host": "127.0.0.1:8010"} | {name.replace("_", "-"): text for name, text in headers.items()})
    return find_server_address(settings, direct, CIMultiDictProxy(given), "http")


@pytest.mark.parametrize(
    ("forwarded", "peer"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.4", "203.0.113.9"),
        # What a sender wrote itself stands before what our proxies have added.
        ("198.51.100.1, 203.0.113.9, 10.0.0.4", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 10.0.0.4", "10.0.0.1"),
        ("203.0.113.9, junk, 10.0.0.4", "10.0.0.4"),
        ("", HERE),
    ],
)
def test_the_peer_is_the_last_one_that_no_trusted_proxy_is(forwarded: str, peer: str) -> None:
    assert peer_of(read_settings(BEHIND), HERE, forwarded) == peer
    assert peer_of(read_settings({}), HERE, forwarded) == HERE
    assert peer_of(read_settings(BEHIND), "192.0.2.1", forwarded) == "192.0.2.1"


def test_a_trusted_proxy_says_where_browsers_are_and_a_stranger_does_not() -> None:
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "sms.example.net", "X_Forwarded_Prefix": "/in"}
    assert _place(read_settings(BEHIND), **said).root == "https://sms.example.net/in"
    assert _place(read_settings({}), **said).root == "http://127.0.0.1:8010"
    assert _place(read_settings(BEHIND), "192.0.2.1", **said).root == "http://127.0.0.1:8010"


def test_of_several_words_the_last_one_is_the_proxys_own() -> None:
    said = {"X_Forwarded_Proto": "ftp, https", "X_Forwarded_Host": "evil.example, sms.example.net"}
    assert _place(read_settings(BEHIND), **said).root == "https://sms.example.net"


@pytest.mark.parametrize("prefix", ["//evil.example", "in", "/in?a", "/in/../..//x", "/a b"])
def test_a_prefix_that_is_no_path_is_none(prefix: str) -> None:
    assert _place(read_settings(BEHIND), X_Forwarded_Prefix=prefix).base == ""


@pytest.mark.parametrize(
    ("public_url", "base_path", "root"),
    [
        ("", "/", "http://127.0.0.1:8010"),
        ("", "/in", "http://127.0.0.1:8010/in"),
        ("https://sms.example.net/", "/", "https://sms.example.net"),
        ("https://sms.example.net/in", "/in", "https://sms.example.net/in"),
        # The path was forgotten.
        ("https://sms.example.net", "/in", "https://sms.example.net/in"),
    ],
)
def test_providers_get_the_public_url_with_the_base_path(public_url: str, base_path: str, root: str) -> None:
    settings = read_settings({"public_url": public_url, "base_path": base_path})
    assert public_root(settings, _place(settings)) == root


def test_the_primary_url_has_no_suffix() -> None:
    assert capture_url("https://x", "key", Role.PRIMARY) == "https://x/key"
    assert capture_url("https://x", "key", Role.VOICE_FALLBACK) == "https://x/key/voice-fallback"
