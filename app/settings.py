"""All settings with their defaults, units and help. The flag `--public-url` is the variable `SMSBIN_PUBLIC_URL`.

The options of `smsbin serve` and the table in `docs/settings.md` are made from `Settings`; a test keeps them equal.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .domain.access import AccessRole, AddressRole
from .domain.units import format_duration, format_size, parse_duration, parse_size
from .errors import Invalid
from .storage.postgres.addresses import read_address

PREFIX = "SMSBIN_"
# Variables of client commands, which `serve` ignores.
CLIENT_VARIABLES = frozenset({"SMSBIN_URL", "SMSBIN_BIN"})
MIN_TOKEN_LENGTH = 16

Network = IPv4Network | IPv6Network


def _host(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; write 127.0.0.1, or 0.0.0.0 for every address of this machine")
    return text.strip()


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or int(text) > 65_535:
        raise ValueError(f'"{text}" is not a port; write a number from 0 to 65535 (0 uses a free port)')
    return int(text)


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _optional_path(text: str) -> Path | None:
    return _path(text) if text else None


def _public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'"{text}" is not a URL; write https://sms.example.net')
    if "_" in parts.hostname:
        raise ValueError(f'"{parts.hostname}" has an underscore, which some providers refuse in a host name')
    return text.rstrip("/")


def _base_path(text: str) -> str:
    path = "/" + text.strip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", path) or ".." in path:
        raise ValueError(f'"{text}" is not a path; write /smsbin')
    return path.rstrip("/")


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in text.split(",") if host.strip())
    for host in hosts:
        if "/" in host or " " in host:
            raise ValueError(f'"{host}" is not a host name; write sms.example.net, without scheme or path')
    return hosts


def _networks(text: str) -> tuple[Network, ...]:
    networks = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ip_network(item, strict=False))
        except ValueError:
            raise ValueError(f'"{item}" is not a network; write 10.0.0.0/8 or one address') from None
    return tuple(networks)


def _targets(text: str) -> tuple[Network | str, ...]:
    """Networks, or host names of which any address is allowed."""
    targets: list[Network | str] = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        is_name = re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", item) and not re.fullmatch(r"[0-9.]+", item)
        targets += [item.lower()] if is_name else _networks(item)
    return tuple(targets)


def _token(text: str) -> str | None:
    if text and len(text) < MIN_TOKEN_LENGTH:
        raise ValueError(f"must have at least {MIN_TOKEN_LENGTH} characters")
    if not text.isascii() or any(character.isspace() for character in text):
        raise ValueError("must have only visible ASCII characters")
    return text or None


def _header(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", text):
        raise ValueError(f'"{text}" is not the name of a header; write X-Forwarded-Email')
    if text.lower() in ("authorization", "cookie", "host"):
        raise ValueError(f'"{text}" cannot name a user; write X-Forwarded-Email')
    return text or None


def _roles(text: str) -> tuple[AddressRole, ...]:
    roles = []
    for part in text.split():
        role, equals, patterns = part.partition("=")
        if role not in list(AccessRole) or not equals or not patterns.strip(","):
            raise ValueError(f'"{part}" is not role=addresses; write admin=a@example.net write=*@example.net')
        for pattern in filter(None, patterns.lower().split(",")):
            if not re.fullmatch(r"\*|\*@[^@*\s]+|[^*\s]+", pattern):
                raise ValueError(f'"{pattern}" is not an address; write a@example.net, *@example.net, or * for all')
            roles.append(AddressRole(AccessRole(role), pattern))
    return tuple(roles)


def _smtp_url(text: str) -> str | None:
    parts = urlsplit(text)
    try:
        is_right = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if text and (not is_right or parts.path.strip("/") or parts.query or parts.fragment):
        raise ValueError("is not the URL of a mail server; write smtp://user:password@mail.example.net:587")
    return text or None


def parse_database(text: str) -> str | None:
    """The URL of a PostgreSQL database; None for an empty text. Raises ValueError without a part of the text."""
    if text:
        read_address(text)
    return text or None


def _sender(text: str) -> str | None:
    if text and not re.fullmatch(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}", text):
        raise ValueError(f'"{text}" is not an e-mail address; write smsbin@example.net')
    return text or None


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f'"{text}" is not valid; write {", ".join(choices)}')
        return text.lower()

    return parse


def setting(default: str, parse: Callable[[str], Any], help_: str, *, shown: str | None = None) -> Any:
    """A field of Settings; `default` is text as a user would write it, so that flag, variable and default have the
    same parser."""
    metadata = {"default": default, "parse": parse, "help": help_, "shown": shown or default}
    return field(default_factory=lambda: parse(default), metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings. Created by `read_settings`; every field has a working default."""

    host: str = setting("127.0.0.1", _host, "Address to listen on; 0.0.0.0 in a container.")
    port: int = setting("8010", _port, "Port to listen on; 0 uses a free port.")
    data_dir: Path = setting("./data", _path, "Directory of the SQLite database and the access token.")
    database: str | None = setting(
        "", parse_database, "URL of a PostgreSQL database, postgresql://user:password@host/name; never printed.",
        shown="SQLite in the data directory",
    )  # fmt: skip
    database_file: Path | None = setting(
        "", _optional_path, "File that holds the URL of the database, for container secrets.", shown="none"
    )
    public_url: str | None = setting(
        "", _public_url, "URL at which providers and browsers reach smsbin.", shown="from the request"
    )
    base_path: str = setting("/", _base_path, "Path prefix of all URLs, behind a proxy that forwards it.")
    allowed_hosts: tuple[str, ...] = setting(
        "", _hosts, "Additional host names for pages and API, comma-separated.", shown="none"
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "", _networks, "Networks whose X-Forwarded-* headers are trusted, comma-separated CIDR.", shown="none"
    )
    access_token: str | None = setting(
        "", _token, "The secret that opens pages and API; never printed.", shown="created at the first start"
    )
    access_token_file: Path | None = setting(
        "", _optional_path, "File that holds the access token, for container secrets.", shown="none"
    )
    auth_header: str | None = setting(
        "", _header, "Header in which trusted proxies name the signed-in user, such as X-Forwarded-Email.", shown="none"
    )
    auth_roles: tuple[AddressRole, ...] = setting(
        "",
        _roles,
        "Roles of these users: admin=a@example.net write=*@example.net read=*; the largest that matches.",
        shown="none",
    )
    secrets_key: str | None = setting(
        "", _token, "A text with which signing secrets are encrypted on the disk; never printed.", shown="not encrypted"
    )
    secrets_key_file: Path | None = setting(
        "", _optional_path, "File that holds the secrets key, for container secrets.", shown="none"
    )
    max_body: int = setting("5MiB", parse_size, "Bytes of a request body that are kept; the rest is dropped.")
    retention: timedelta = setting("30d", parse_duration, "How long captures are kept; 0 keeps forever.")
    audit_retention: timedelta = setting(
        "400d", parse_duration, "How long entries of the audit log are kept; 0 keeps the newest 100,000."
    )
    allow_targets: tuple[Network | str, ...] = setting(
        "",
        _targets,
        "Private networks and host names that pages may send to, comma-separated.",
        shown="none",
    )
    smtp_url: str | None = setting(
        "", _smtp_url, "Mail server for alerts, smtp:// or smtps://, with user and password; never printed.",
        shown="none",
    )  # fmt: skip
    smtp_url_file: Path | None = setting(
        "", _optional_path, "File that holds the URL of the mail server, for container secrets.", shown="none"
    )
    smtp_from: str | None = setting("", _sender, "Address from which e-mail is sent.", shown="none")
    log_level: str = setting("info", _choice("debug", "info", "warning", "error"), "Log level.")
    log_format: str = setting(
        "auto", _choice("auto", "console", "json"), "Log format; auto: console on a terminal, else JSON."
    )

    @property
    def uses_postgresql(self) -> bool:
        """Whether the data is in a PostgreSQL database, which several servers may share."""
        return bool(self.database or self.database_file)

    @property
    def log(self) -> Path:
        """The file of the log."""
        return self.data_dir / "log.db"

    @property
    def ledger(self) -> Path:
        """The file of the ledger."""
        return self.data_dir / "ledger.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingInfo:
    """One setting as help and documentation show it."""

    name: str
    flag: str
    variable: str
    default: str
    help: str


def all_settings() -> tuple[SettingInfo, ...]:
    """All settings, in the order of `Settings`."""
    return tuple(
        SettingInfo(
            name=item.name,
            flag="--" + item.name.replace("_", "-"),
            variable=PREFIX + item.name.upper(),
            default=item.metadata["shown"],
            help=item.metadata["help"],
        )
        for item in fields(Settings)
    )


def read_settings(values: Mapping[str, str]) -> Settings:
    """Settings from texts by field name; missing ones keep their defaults. Raises Invalid with every wrong one."""
    parsed: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for item in fields(Settings):
        if item.name not in values:
            continue
        try:
            parsed[item.name] = item.metadata["parse"](values[item.name])
        except ValueError as error:
            problems.append((PREFIX + item.name.upper(), str(error)))
    problems += [
        (f"{PREFIX}{name.upper()}_FILE", "give the text or its file, not both")
        for name in ("database", "access_token", "secrets_key", "smtp_url")
        if parsed.get(name) and parsed.get(f"{name}_file")
    ]
    problems = problems or _auth_problems(parsed)
    if (parsed.get("smtp_url") or parsed.get("smtp_url_file")) and not parsed.get("smtp_from"):
        problems.append((f"{PREFIX}SMTP_FROM", "must be set with a mail server; write smsbin@example.net"))
    if problems:
        raise Invalid(*problems)
    return Settings(**parsed)


def _auth_problems(parsed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A header that any client can send must not sign a user in, and one without roles would not."""
    header, roles = parsed.get("auth_header"), parsed.get("auth_roles")
    if header and not parsed.get("trusted_proxies"):
        return [(f"{PREFIX}AUTH_HEADER", f"requires the networks of your proxies: set {PREFIX}TRUSTED_PROXIES")]
    if header and not roles:
        return [(f"{PREFIX}AUTH_HEADER", f"requires roles: set {PREFIX}AUTH_ROLES, such as admin=a@example.net")]
    if roles and not header:
        return [(f"{PREFIX}AUTH_ROLES", f"requires {PREFIX}AUTH_HEADER")]
    return []


def unknown_variables(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Unknown variables with our prefix, each with a suggestion, so that a typo is reported."""
    known = {item.variable for item in all_settings()} | CLIENT_VARIABLES
    found = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    hints = []
    for name in found:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        hints.append((name, f"is not a setting; did you mean {near[0]}?"))
    return hints


def describe(settings: Settings) -> dict[str, str]:
    """The settings that API clients may read, formatted as a user would write them."""
    return {
        "retention": format_duration(settings.retention),
        "max_body": format_size(settings.max_body),
    }
