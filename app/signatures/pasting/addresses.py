"""Mistakes of the URL: what code behind a proxy or in a framework takes for the URL of the request."""

from collections.abc import Iterator
from urllib.parse import unquote

from ..urls import Url, read_url
from .model import CodeMistake

_CONFIGURED = "Use the URL as it is configured at the provider."
_INNER = ("127.0.0.1:8010", "localhost:8010", "localhost:3000", "localhost:8000", "localhost:5000", "localhost:8080")


def wrong_urls(url: str) -> list[tuple[CodeMistake | None, str]]:
    """The right URL, then what wrong code has instead, each URL once."""
    found: dict[str, CodeMistake | None] = {url: None}
    seen = read_url(url)
    if seen is not None:
        for mistake, other in _mistakes(seen):
            found.setdefault(other, mistake)
    return [(mistake, other) for other, mistake in found.items()]


def _mistakes(url: Url) -> Iterator[tuple[CodeMistake, str]]:
    other = "http" if url.scheme == "https" else "https"
    proxy = "Your proxy hides TLS: use X-Forwarded-Proto, or the configured URL."
    yield (
        CodeMistake("url_scheme", f"the URL begins with {other}:// instead of {url.scheme}://", proxy),
        (url._replace(scheme=other).text()),
    )
    for port in ["", "8010", "3000", "8000", "5000", "8080"] if url.port else ["8010", "3000", "8000", "5000", "8080"]:
        words = f"the URL has the port {port}" if port else "the URL has no port"
        yield CodeMistake("url_port", words, _CONFIGURED), url._replace(port=port).text()
    standard = "443" if url.scheme == "https" else "80"
    yield CodeMistake("url_port", f"the URL has the port {standard}", _CONFIGURED), url._replace(port=standard).text()
    for place in _INNER:
        host, _, port = place.partition(":")
        inner = url._replace(scheme="http", host=host, port=port).text()
        yield CodeMistake("url_host", f"the URL is the inner one, http://{place}", _CONFIGURED), inner
    yield (
        CodeMistake("url_path_only", "only the path is signed", "Put scheme and host before the path."),
        (url.path if url.query is None else f"{url.path}?{url.query}"),
    )
    yield CodeMistake("url_left_out", "the URL is left out", "Begin with the URL."), ""
    yield from _ends(url)


def _ends(url: Url) -> Iterator[tuple[CodeMistake, str]]:
    slash = url.path.removesuffix("/") if url.path.endswith("/") else url.path + "/"
    words = (
        "the slash at the end of the path is missing" if len(slash) < len(url.path) else "the path ends with a slash"
    )
    yield CodeMistake("url_trailing_slash", words, _CONFIGURED), url._replace(path=slash).text()
    if url.query is None:
        yield (
            CodeMistake("url_empty_query", "the URL ends with a question mark", "Add ? only before a query."),
            (url._replace(query="").text()),
        )
    else:
        yield (
            CodeMistake("url_query_dropped", "the query of the URL is left out", _CONFIGURED),
            (url._replace(query=None).text()),
        )
        ordered = "&".join(sorted(url.query.split("&")))
        yield CodeMistake("url_query_order", "the query is sorted", _CONFIGURED), url._replace(query=ordered).text()
        decoded = unquote(url.query.replace("+", " "))
        words = "the query is decoded"
        yield (
            CodeMistake("url_query_escaping", words, "Use the query as it was sent."),
            url._replace(query=decoded).text(),
        )
    if url.path not in ("", "/"):
        words = "the path is missing, with the key of the bin"
        yield (
            CodeMistake("url_path_stripped", words, "Your framework or proxy removes a part of the path."),
            (url._replace(path="/").text()),
        )
        yield (
            CodeMistake("url_path_stripped", "the path is missing", "Add the path of the configured URL."),
            (url._replace(path="", query=None).text()),
        )
    if url.user:
        yield (
            CodeMistake("url_userinfo", "the credentials in the URL are left out", _CONFIGURED),
            (url._replace(user="").text()),
        )
