"""The URL of a PostgreSQL database: checks it, and describes it without its secrets. Needs no driver.

libpq reads the URL itself (postgresql.org/docs/current/libpq-connect.html, "Connection URIs"). It is checked here
first, because an error of libpq repeats a part of the URL, and with a password that is not escaped that is the
password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, unquote

EXAMPLE = "postgresql://user:password@db.example.net:5432/smsbin"
DEFAULT_PORT = 5432
# Parameters that are shown and repeated in commands. The others may be secret.
_SHOWN = frozenset({
    "application_name", "channel_binding", "connect_timeout", "gssencmode", "passfile", "service", "sslcert", "sslkey",
    "sslmode", "sslrootcert", "target_session_attrs",
})  # fmt: skip
_LOCAL_NAMES = frozenset({"", "localhost"})
_UNENCRYPTED = frozenset({"disable", "allow", "prefer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHost:
    """One server. `name` is a host, the directory of a socket (begins with `/`), or empty: the default of libpq."""

    name: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        if self.name.startswith(("/", "@")) or self.name in _LOCAL_NAMES:
            return True
        try:
            return ip_address(self.name).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """A database without its secrets. None: libpq's default. `parameters`: those that are not secret."""

    hosts: tuple[DatabaseHost, ...]
    database: str | None
    user: str | None
    has_password: bool
    parameters: Mapping[str, str]

    @property
    def is_local(self) -> bool:
        """Whether every server of it is on this machine."""
        return all(host.is_local for host in self.hosts)

    @property
    def is_encrypted(self) -> bool:
        """Whether libpq refuses a connection without TLS."""
        return self.parameters.get("sslmode", "prefer") not in _UNENCRYPTED

    @property
    def url(self) -> str:
        """The URL without secrets, for pages and commands; the password then comes from PGPASSWORD or ~/.pgpass."""
        user = "" if self.user is None else quote(self.user, safe="") + "@"
        hosts = ",".join(map(_host_text, self.hosts))
        path = "" if self.database is None else "/" + quote(self.database, safe="")
        query = "&".join(f"{name}={quote(value, safe='/.:,')}" for name, value in self.parameters.items())
        return f"postgresql://{user}{hosts}{path}" + (f"?{query}" if query else "")


def describe(url: str) -> str:
    """A valid URL as it may be shown: with hosts, ports, database and user, without the password."""
    return read_address(url).url


def read_address(url: str) -> DatabaseAddress:
    """The parts of a URL as libpq finds them. Raises ValueError without any part of the URL in its text."""
    scheme, found, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres") or not found:
        raise ValueError(f"is not the URL of a PostgreSQL database; write {EXAMPLE}")
    if not url.isprintable() or " " in url:
        raise ValueError("has spaces or control characters; write them as %20 …, as in any URL")
    place, _, query = rest.partition("?")
    authority, _, path = place.partition("/")
    login, at, hosts = authority.rpartition("@")
    user, _, password = login.partition(":")
    if "@" in login or "#" in url or re.search("[/@]", path):
        raise ValueError("has an @ / or # inside of a name or password; write %40 %2F or %23 there")
    if at and not user:
        raise ValueError("has no user before the @")
    # First, because a password with a question mark looks like a host and parameters.
    found_hosts = tuple(map(_read_host, hosts.split(",")))
    parameters = _read_parameters(query)
    return DatabaseAddress(
        hosts=_choose_hosts(found_hosts, parameters),
        user=parameters.get("user") or _decode(user) or None,
        database=parameters.get("dbname") or _decode(path) or None,
        has_password=bool(_decode(password) or parameters.get("password")),
        parameters={name: value for name, value in parameters.items() if name in _SHOWN},
    )


def _read_parameters(query: str) -> dict[str, str]:
    parameters = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or "=" in value:
            raise ValueError("has a parameter that is not name=value")
        parameters[_decode(name)] = _decode(value)
    if parameters.get("ssl") == "true":  # as JDBC writes it; libpq takes it for this
        parameters["sslmode"] = "require"
    return parameters


def _read_host(text: str) -> DatabaseHost:
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+(?:%25\w+)?)\]|([^\[\]:]*))(?::(\d*))?", text)
    if found is None:
        raise ValueError("has a host or port that cannot be one; in a password, write : / ? @ # as %3A %2F %3F %40 %23")
    name = _decode(found[1] or found[2])
    return DatabaseHost(name=name, port=_read_port(found[3]))


def _choose_hosts(hosts: tuple[DatabaseHost, ...], parameters: Mapping[str, str]) -> tuple[DatabaseHost, ...]:
    """Hosts and ports that are given as parameters are used instead; a single port is that of all hosts."""
    given = parameters.get("host") or parameters.get("hostaddr")
    if given:
        hosts = tuple(DatabaseHost(name=name, port=DEFAULT_PORT) for name in given.split(","))
    ports = [_read_port(text) for text in parameters["port"].split(",")] if parameters.get("port") else []
    if not ports:
        return hosts
    if len(ports) not in (1, len(hosts)):
        raise ValueError("has another number of ports than of hosts")
    ports *= len(hosts) if len(ports) == 1 else 1
    return tuple(DatabaseHost(name=host.name, port=port) for host, port in zip(hosts, ports, strict=True))


def _read_port(text: str | None) -> int:
    if not text:
        return DEFAULT_PORT
    if not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) <= 65_535:
        raise ValueError("has a port that is not a number from 1 to 65535")
    return int(text)


def _decode(text: str) -> str:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text) or "%00" in text:
        raise ValueError("has a % that is not followed by two hexadecimal digits; write %25 for the character itself")
    return unquote(text)


def _host_text(host: DatabaseHost) -> str:
    name = f"[{host.name}]" if ":" in host.name and not host.name.startswith("/") else quote(host.name, safe="")
    return name if host.port == DEFAULT_PORT and not name else f"{name}:{host.port}"
