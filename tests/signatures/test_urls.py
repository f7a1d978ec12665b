"""The URL that was called, and the URLs that may have been signed instead."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signatures.urls import MAX_URLS, read_url, request_url, url_variants
from tests.signatures.requests import a_signed
from tests.storage.builders import a_raw


def raw_of(*headers: tuple[bytes, bytes], target: str = "/key/status?a=1"):
    return a_raw(target=target, headers=headers)


@pytest.mark.parametrize(
    ("headers", "public_url", "expected"),
    [
        ([(b"Host", b"sms.example.net")], None, "http://sms.example.net/key/status?a=1"),
        (
            [(b"Host", b"10.0.0.7:8010"), (b"X-Forwarded-Proto", b"https, http"), (b"X-Forwarded-Host", b"a.test")],
            None,
            "https://a.test/key/status?a=1",
        ),
        (
            [(b"Host", b"in"), (b"Forwarded", b'for=1.2.3.4;proto=https;host="a.test:81"')],
            None,
            "https://a.test:81/key/status?a=1",
        ),
        ([(b"Host", b"10.0.0.7")], "https://a.test/smsbin", "https://a.test/smsbin/key/status?a=1"),
        ([], "https://a.test/", "https://a.test/key/status?a=1"),
        ([], None, "http:///key/status?a=1"),
    ],
)
def test_the_url_is_the_one_that_the_sender_called(headers, public_url, expected) -> None:
    assert request_url(raw_of(*headers), public_url) == expected


def test_a_path_prefix_that_the_proxy_left_in_the_target_is_not_added_again() -> None:
    raw = raw_of(target="/smsbin/key")
    assert request_url(raw, "https://a.test/smsbin") == "https://a.test/smsbin/key"
    assert request_url(raw_of(target="/smsbin2"), "https://a.test/smsbin") == "https://a.test/smsbin/smsbin2"


def test_an_absolute_target_is_the_url() -> None:
    assert request_url(raw_of(target="http://a.test/key?u=http://b"), None) == "http://a.test/key?u=http://b"


def variants_of(url: str, headers=(), hosts=()) -> dict[str, tuple[str, ...]]:
    return {each.url: each.causes for each in url_variants(a_signed(url, headers=headers), hosts)}


@pytest.mark.parametrize(
    ("seen", "signed", "causes", "headers", "hosts"),
    [
        ("http://a.test/k", "https://a.test/k", ("scheme",), (), ()),
        ("https://a.test/k", "http://a.test/k", ("scheme",), (), ()),
        ("https://a.test/k", "https://a.test:8443/k", ("port",), (), ()),
        ("https://a.test/k", "https://a.test:443/k", ("port",), (), ()),
        ("https://a.test:8010/k", "https://a.test/k", ("port",), (), ()),
        ("https://a.test/k", "https://a.test:4711/k", ("port",), [("X-Forwarded-Port", "4711")], ()),
        ("https://in:8010/k", "https://a.test/k", ("host",), (), ("https://a.test",)),
        ("https://in:8010/k", "https://a.test/k", ("host",), (), ("a.test",)),
        ("https://A.Test/k", "https://a.test/k", ("host",), (), ()),
        ("https://a.test/k", "https://a.test/k/", ("trailing_slash",), (), ()),
        ("https://a.test/k/", "https://a.test/k", ("trailing_slash",), (), ()),
        ("https://a.test/k", "https://a.test/smsbin/k", ("path_prefix",), (), ()),
        ("https://a.test/k", "https://a.test/x/y/k", ("path_prefix",), (), ("https://a.test/x/y/",)),
        ("https://a.test/k", "https://a.test/p/k", ("path_prefix",), [("X-Forwarded-Prefix", "/p")], ()),
        ("https://a.test/k", "https://a.test/was/k", ("path_prefix",), [("X-Original-URI", "/was/k?a=1")], ()),
        ("https://a.test/p/k", "https://a.test/k", ("path_prefix",), (), ()),
        ("https://a.test//k", "https://a.test/k", ("path_slashes",), (), ()),
        ("https://a.test/a%20b", "https://a.test/a b", ("path_escaping",), (), ()),
        ("https://a.test/k?a=1&b=2", "https://a.test/k?b=2&a=1", ("query_order",), (), ()),
        ("https://a.test/k?n=O%27H", "https://a.test/k?n=O'H", ("query_escaping",), (), ()),
        ("https://a.test/k?a=1", "https://a.test/k", ("query_dropped",), (), ()),
        ("https://a.test/k?a=1&x=2", "https://a.test/k?a=1", ("extra_params",), (), ()),
        ("https://a.test/k", "https://user:pass@a.test/k", ("userinfo",), (), ()),
        ("https://u:p@a.test/k", "https://a.test/k", ("userinfo",), (), ()),
        ("https://a.test/k", "https://a.test/k#rc=2&rp=5xx", ("fragment",), (), ()),
        ("https://a.test/k", "https://a.test/k#own", ("fragment",), (), ("https://a.test/k#own",)),
        ("http://in/k", "https://a.test/k", ("scheme", "host"), (), ("a.test",)),
        ("http://in/k", "https://a.test/p/k", ("scheme", "host", "path_prefix"), (), ("https://a.test/p",)),
        ("http://a.test/k?a=1&b=2", "https://a.test/k?b=2&a=1", ("scheme", "query_order"), (), ()),
    ],
)
def test_a_url_that_may_have_been_signed_is_tried_and_named(seen, signed, causes, headers, hosts) -> None:
    assert variants_of(seen, headers, hosts)[signed] == causes


def test_credentials_of_the_configured_url_are_read_from_basic_authentication() -> None:
    header = [("Authorization", "Basic " + b64encode(b"me:secret").decode())]
    assert variants_of("https://a.test/k", header)["https://me:secret@a.test/k"] == ("userinfo",)
    assert variants_of("https://a.test/k", [("Authorization", "Basic §")])


def test_all_orders_of_five_parameters_are_tried() -> None:
    found = variants_of("https://a.test/k?a=1&b=2&c=3&d=4&e=5")
    assert sum(causes == ("query_order",) for causes in found.values()) == 119


def test_variants_have_more_changes_from_one_to_the_next_and_none_is_the_url_itself() -> None:
    found = list(variants_of("http://in:8010/p/k?a=1&b=2", hosts=("https://a.test/p",)).items())
    counts = [len(causes) for _, causes in found]
    assert counts == sorted(counts)
    assert set(counts) == {1, 2, 3}
    assert "http://in:8010/p/k?a=1&b=2" not in dict(found)


def test_the_number_of_variants_is_bounded() -> None:
    query = "&".join(f"k{number}=it%27s+{number}" for number in range(300))
    hosts = tuple(f"https://h{number}.test/p{number}" for number in range(50))
    assert len(variants_of(f"http://in/a/b/c?{query}", hosts=hosts)) <= MAX_URLS


@pytest.mark.parametrize("url", ["", "/k", "nothing", "http:/k"])
def test_what_is_no_url_has_no_variants(url: str) -> None:
    assert read_url(url) is None
    request = a_signed()
    assert list(url_variants(type(request)(raw=request.raw, url=url, body=b"", certificates={}), ())) == []


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=20))
def test_parts_of_a_url_give_the_url_again(path: str, query: str, place: str) -> None:
    text = f"https://{place}/{path}?{query}"
    url = read_url(text)
    if url is not None and not text.endswith(("#", "?")) and url.fragment != "":
        assert url.text() == text


@given(st.text(alphabet="%+&='()*~a/ é§:@#?[]", max_size=25), st.text(alphabet="%:/@[]a.é?#", max_size=12))
def test_a_hostile_target_or_host_never_raises(target: str, host: str) -> None:
    raw = raw_of((b"Host", host.encode("utf-8")), target="/" + target)
    url = request_url(raw, None)
    list(url_variants(type(a_signed())(raw=raw, url=url, body=b"", certificates={}), (host, f"http://{host}")))
