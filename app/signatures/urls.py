"""The URL that a sender called, and the URLs that it may have signed instead.

Senders sign the URL that was configured; a server behind a proxy sees another one. Which differences occur is from
public reports, read 2026-11-28: scheme (github.com/twilio/twilio-node/issues/321, twilio-python/issues/751), port
(twilio-python/issues/392, twilio-csharp/issues/44, plivo-node/issues/83), order of the query
(twilio-php/issues/790), escaping (twilio-node/issues/1059). The credentials and the fragment of the configured URL
(twilio.com/docs/usage/webhooks/webhooks-connection-overrides) are never sent.
"""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..domain.captures import RawRequest
from .model import SignedRequest
from .queries import query_edits, reescaped
from .reading import value_of

MAX_URLS = 1500
_LIKELY_PORTS = (8443, 8080, 8010)
_USUAL_PORTS = (3000, 8000, 4443, 5000, 9443, 8888, 8081, 9000, 4000, 10443, 8008, 7443, 9090)
_USUAL_PREFIXES = ("/smsbin", "/sms", "/bin", "/hooks", "/webhooks", "/webhook", "/api", "/twilio", "/callbacks")
# The examples of the vendors' own pages, which people keep.
_USUAL_USERS = ("user:pass", "user:password", "username:password", "myusername:mypassword")
_ORIGINAL_PATH = (b"x-original-uri", b"x-original-url", b"x-envoy-original-path", b"x-rewrite-url", b"x-forwarded-uri")
_RETRIES = ("rc=1", "rc=2", "rc=3", "rc=4", "rc=5")
_POLICIES = ("rp=all", "rp=4xx", "rp=5xx", "rp=ct", "rp=rt", "rp=ct,rt", "rp=4xx,5xx", "rp=5xx,ct,rt")
_FORWARDED = re.compile(r'(?i)\b(proto|host)="?([^";,\s]+)')
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)


class Url(NamedTuple):
    """A URL in parts, none decoded. `port` "" and `query` None: absent."""

    scheme: str
    user: str
    host: str
    port: str
    path: str
    query: str | None
    fragment: str

    def text(self) -> str:
        """The URL in one piece."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        query = "" if self.query is None else f"?{self.query}"
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{user}{self.host}{port}{self.path}{query}{fragment}"


@dataclass(frozen=True, slots=True)
class UrlVariant:
    """A URL that may have been signed, and how it differs from the one that was seen."""

    causes: tuple[str, ...]
    url: str

    @property
    def words(self) -> str:
        """Completes "valid if …"."""
        return f"the URL is {self.url}"


class _Edit(NamedTuple):
    """One change: the cause, and the parts of the URL that it replaces. `wide`: it is only tried alone."""

    cause: str
    parts: dict[str, str | None]
    wide: bool = False


def read_url(text: str) -> Url | None:
    """A URL in parts; None for what is no absolute URL."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.groups()
    user, _, place = authority.rpartition("@")
    host, port = _split_port(place)
    return Url(scheme, user, host, port, path, query, fragment or "")


def _split_port(place: str) -> tuple[str, str]:
    host, colon, port = place.rpartition(":")
    return (host, port) if colon and port.isdigit() else (place, "")


def request_url(raw: RawRequest, public_url: str | None = None) -> str:
    """The URL as the sender called it, as far as it can be known: with `public_url` if it is set, otherwise with the
    scheme and the host that a proxy forwarded, or the request's own."""
    target = raw.target
    if "://" in target.partition("?")[0]:  # the absolute form, as clients send it to a proxy
        return target
    if public_url:
        base = public_url.rstrip("/")
        seen = read_url(base)
        if seen and seen.path and target.startswith((seen.path + "/", seen.path + "?")):
            base = base.removesuffix(seen.path)
        return base + target
    forwarded = dict(reversed(_FORWARDED.findall(value_of(raw, b"forwarded"))))
    scheme = _first(value_of(raw, b"x-forwarded-proto")) or forwarded.get("proto", "http")
    host = _first(value_of(raw, b"x-forwarded-host")) or forwarded.get("host", "") or value_of(raw, b"host")
    return f"{scheme.lower()}://{host}{target}"


def url_variants(request: SignedRequest, hosts: Sequence[str]) -> Iterator[UrlVariant]:
    """The URLs that may have been signed: those with one change first, then with two and three. At most `MAX_URLS`."""
    return iter(_variants(request.raw, request.url, tuple(hosts)))


@lru_cache(maxsize=4)
def _variants(raw: RawRequest, url: str, hosts: tuple[str, ...]) -> tuple[UrlVariant, ...]:
    """Cached for the secrets of a bin, each of which tries them."""
    seen = read_url(url)
    if seen is None:
        return ()
    found: dict[str, tuple[str, ...]] = {url: ()}
    for causes, variant in _combine(seen, list(_edits(raw, seen, hosts))):
        found.setdefault(variant, causes)
        if len(found) > MAX_URLS:
            break
    del found[url]
    return tuple(UrlVariant(causes, variant) for variant, causes in found.items())


def _combine(seen: Url, edits: list[_Edit]) -> Iterator[tuple[tuple[str, ...], str]]:
    for edit in edits:
        yield (edit.cause,), _apply(seen, edit).text()
    narrow = [edit for edit in edits if not edit.wide]
    first = [edit for edit in narrow if edit.cause in ("scheme", "host", "path_prefix")]
    few = [edit for edit in narrow if edit.cause not in ("query_order", "query_escaping")]
    for edit in first:
        changed = _apply(seen, edit)
        for other in few if edit.cause != "scheme" else narrow:
            if not other.parts.keys() & edit.parts.keys():
                yield (edit.cause, other.cause), _apply(changed, other).text()
    schemes = [edit for edit in first if edit.cause == "scheme"]
    for swap in schemes:
        for edit in [edit for edit in first if edit.cause != "scheme"]:
            changed = _apply(_apply(seen, swap), edit)
            for other in few:
                if other.cause != "scheme" and not other.parts.keys() & edit.parts.keys():
                    yield (swap.cause, edit.cause, other.cause), _apply(changed, other).text()


def _apply(url: Url, edit: _Edit) -> Url:
    return url._replace(**edit.parts)  # type: ignore[arg-type]


def _edits(raw: RawRequest, seen: Url, hosts: tuple[str, ...]) -> Iterator[_Edit]:
    """All single changes, the likely ones first."""
    yield _Edit("scheme", {"scheme": "http" if seen.scheme == "https" else "https"})
    yield from _places(raw, seen, hosts)
    yield from _paths(raw, seen, hosts)
    for cause, query in query_edits(seen.query):
        yield _Edit(cause, {"query": query})
    yield from _users(raw, seen, hosts)
    yield from _fragments(seen, hosts)


def _places(raw: RawRequest, seen: Url, hosts: tuple[str, ...]) -> Iterator[_Edit]:
    """Other hosts, then other ports."""
    forwarded = dict(reversed(_FORWARDED.findall(value_of(raw, b"forwarded"))))
    known = [_place_of(host) for host in hosts]
    known += [_split_port(_first(value_of(raw, name))) for name in (b"x-forwarded-host", b"x-original-host", b"host")]
    known.append(_split_port(forwarded.get("host", "")))
    for host, port in dict.fromkeys(known):
        if host and host != seen.host:
            yield _Edit("host", {"host": host, "port": port})
            if port:
                yield _Edit("host", {"host": host, "port": ""})
    if seen.host != seen.host.lower():
        yield _Edit("host", {"host": seen.host.lower()})
    ports = [port for host, port in known if host == seen.host]
    if seen.port:
        yield _Edit("port", {"port": ""})
    ports += [_first(value_of(raw, b"x-forwarded-port")), "443", "80"]
    for port in dict.fromkeys((*ports, *map(str, _LIKELY_PORTS))):
        if port and port != seen.port:
            yield _Edit("port", {"port": port})
    yield from (_Edit("port", {"port": str(port)}, wide=True) for port in _USUAL_PORTS if str(port) != seen.port)


def _paths(raw: RawRequest, seen: Url, hosts: tuple[str, ...]) -> Iterator[_Edit]:
    path = seen.path
    slash = path.removesuffix("/") if path.endswith("/") else path + "/"
    yield _Edit("trailing_slash", {"path": slash})
    for prefix in dict.fromkeys(_prefixes(raw, hosts)):
        if prefix and not path.startswith(prefix + "/"):
            yield _Edit("path_prefix", {"path": prefix + path})
    for name in _ORIGINAL_PATH:
        original = value_of(raw, name).partition("?")[0]
        if original.startswith("/") and original != path:
            yield _Edit("path_prefix", {"path": original})
    if "//" in path:
        yield _Edit("path_slashes", {"path": re.sub("/{2,}", "/", path)})
    segments = path.split("/")
    for count in range(2, min(len(segments), 4)):
        yield _Edit("path_prefix", {"path": "/" + "/".join(segments[count:])})
    yield from (_Edit("path_prefix", {"path": prefix + path}, wide=True) for prefix in _USUAL_PREFIXES)
    for other in reescaped(path):
        yield _Edit("path_escaping", {"path": other}, wide=True)


def _prefixes(raw: RawRequest, hosts: Iterable[str]) -> Iterator[str]:
    for name in (b"x-forwarded-prefix", b"x-script-name", b"x-forwarded-path"):
        prefix = _first(value_of(raw, name)).rstrip("/")
        if prefix.startswith("/"):
            yield prefix
    for host in hosts:
        base = read_url(host)
        if base:
            yield base.path.rstrip("/")


def _users(raw: RawRequest, seen: Url, hosts: Iterable[str]) -> Iterator[_Edit]:
    """Credentials in the configured URL arrive as Basic authentication, not in the target."""
    users = [url.user for url in map(read_url, hosts) if url]
    kind, _, value = value_of(raw, b"authorization").partition(" ")
    if kind.lower() == "basic":
        with suppress(NoBase64, ValueError):  # what is no Base64 has no credentials
            users.append(b64decode(value.strip(), validate=True).decode("latin-1"))
    for user in dict.fromkeys(users):
        if user and user != seen.user:
            yield _Edit("userinfo", {"user": user})
    if seen.user:
        yield _Edit("userinfo", {"user": ""})
    yield from (_Edit("userinfo", {"user": user}, wide=True) for user in _USUAL_USERS if user != seen.user)


def _fragments(seen: Url, hosts: Iterable[str]) -> Iterator[_Edit]:
    """Connection overrides. Whether Twilio signs them is not documented, so they are only tried."""
    if seen.fragment:
        yield _Edit("fragment", {"fragment": ""})
    configured = [url.fragment for url in map(read_url, hosts) if url]
    usual = [*_RETRIES, *_POLICIES, *(f"{count}&{policy}" for count in _RETRIES for policy in _POLICIES[:5])]
    for fragment in dict.fromkeys((*configured, *usual)):
        if fragment and fragment != seen.fragment:
            yield _Edit("fragment", {"fragment": fragment}, wide=True)


def _place_of(host: str) -> tuple[str, str]:
    url = read_url(host)
    return (url.host, url.port) if url else _split_port(host.strip("/"))


def _first(value: str) -> str:
    """The first of a list of values: each proxy appends its own."""
    return value.partition(",")[0].strip()
