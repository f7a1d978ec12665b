"""What wrong code takes for the URL of a request."""

import pytest

from app.signatures.pasting.addresses import wrong_urls


def codes_of(url: str) -> dict[str, str | None]:
    return {other: mistake and mistake.code for mistake, other in wrong_urls(url)}


@pytest.mark.parametrize(
    ("url", "wrong", "code"),
    [
        ("https://a.test/k", "https://a.test/k", None),
        ("https://a.test/k", "http://a.test/k", "url_scheme"),
        ("http://a.test/k", "https://a.test/k", "url_scheme"),
        ("https://a.test/k", "https://a.test:443/k", "url_port"),
        ("https://a.test:8443/k", "https://a.test/k", "url_port"),
        ("https://a.test/k", "http://localhost:3000/k", "url_host"),
        ("https://a.test/k?a=1", "/k?a=1", "url_path_only"),
        ("https://a.test/k", "", "url_left_out"),
        ("https://a.test/k/", "https://a.test/k", "url_trailing_slash"),
        ("https://a.test/k", "https://a.test/k/", "url_trailing_slash"),
        ("https://a.test/k", "https://a.test/k?", "url_empty_query"),
        ("https://a.test/k?b=1&a=%41", "https://a.test/k", "url_query_dropped"),
        ("https://a.test/k?b=1&a=%41", "https://a.test/k?a=%41&b=1", "url_query_order"),
        ("https://a.test/k?b=1&a=%41", "https://a.test/k?b=1&a=A", "url_query_escaping"),
        ("https://a.test/k", "https://a.test/", "url_path_stripped"),
        ("https://a.test/k", "https://a.test", "url_path_stripped"),
        ("https://u:p@a.test/k", "https://a.test/k", "url_userinfo"),
    ],
)
def test_a_wrong_url_is_named(url: str, wrong: str, code: str | None) -> None:
    assert codes_of(url)[wrong] == code


def test_the_right_url_is_the_first_and_each_is_there_once() -> None:
    found = wrong_urls("https://a.test:8010/k/?b=1&a=2")
    assert found[0] == (None, "https://a.test:8010/k/?b=1&a=2")
    assert len({url for _, url in found}) == len(found)
    assert wrong_urls("no url") == [(None, "no url")]
