"""`smsbin doctor`: finds problems and how to fix them."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from ...errors import CannotStart
from ..client import Client, connect, is_loopback, server_root, with_server
from ..database import with_database
from ..terminal import as_json, has_colours, print_line, until_stdout_closes, visible
from .results import CheckResult, CheckState, skipped

_COLOURS: dict[CheckState, str] = {"ok": "green", "warning": "yellow", "wrong": "red", "skipped": "bright_black"}
_WAY = ("proxy headers", "clock", "WebSocket")


@click.command("doctor", short_help="Check the server and say how to fix what is wrong.")
@click.option(
    "--public-url", envvar="SMSBIN_PUBLIC_URL", show_envvar=True, default=None,
    help="URL at which providers reach smsbin.  [default: as configured on the server]",
)  # fmt: skip
@click.option("--deep", is_flag=True, help="Check everything: every page of the log, and the SHA-256 of each body.")
@click.option("--json", "wants_json", is_flag=True, help="JSON Lines: check, state, told, cure.")
@with_server
@with_database
def command(
    public_url: str | None, deep: bool, wants_json: bool, database: str | None, database_file: str | None, **server: Any
) -> int:
    """Check the settings, the data directory or the PostgreSQL database, the server, and its public URL.

    Each line shows one check and its result: ok, warning, wrong, or skipped; the next line says how to fix it.
    Nothing is changed. Run it where the server runs, with the same variables.

    Exits with 0 when nothing is wrong (warnings do not count), else with 1.

    \b
    Examples:
      smsbin doctor
      smsbin doctor --public-url https://sms.example.net
    """
    all_ok = True
    with until_stdout_closes():
        given = {"public_url": public_url, "database": database, "database_file": database_file}
        flags = {name: value for name, value in given.items() if value}
        for line in _examine(flags, server, deep=deep):
            all_ok = all_ok and line.state != "wrong"
            print_line(as_json(asdict(line)) if wants_json else _shown(line))
    return 0 if all_ok else 1


def _examine(flags: dict[str, str], server: dict[str, Any], *, deep: bool) -> Iterator[CheckResult]:
    from .local import check_machine, check_port, settings_of, skip_local
    from .remote import check_public, check_retention, check_server, check_token, check_way

    root = server_root(server["url"], server["port"], server["base_path"])
    settings, lines = settings_of(os.environ, flags | {"data_dir": server["data_dir"], "port": server["port"]})
    yield from lines
    instance, server_lines = check_server(root)
    if is_loopback(root):
        yield from check_machine(settings, deep=deep)
        elsewhere = skipped("port", f"the server is expected at {root}")
        yield elsewhere if server["url"] else check_port(settings, is_ours=instance is not None)
    else:
        yield from skip_local(settings, f"the server is at {root}")
    yield from server_lines
    if instance is None:
        yield from (skipped(check, "no server responds") for check in ("access token", "public URL", *_WAY))
        return
    client = _client(server)
    info, line = check_token(client)
    yield line
    if isinstance(client, Client) and info is not None:
        yield check_retention(client)
    url = _public(settings.public_url, settings.base_path) or (info or {}).get("public_url") or root
    fetched, line = check_public(url, instance)
    yield line
    if fetched is None or info is None or not isinstance(client, Client):
        why = "requires a public URL that points to this server" if fetched is None else "requires the access token"
        yield from (skipped(check, why) for check in _WAY)
        return
    yield from check_way(url, fetched, client)


def _public(url: str | None, base_path: str) -> str | None:
    """Append the base path, which an operator may have left out."""
    return url if not url or url.endswith(base_path) else url + base_path


def _client(server: dict[str, Any]) -> Client | CannotStart:
    try:
        return connect(**server)
    except CannotStart as error:
        return error


def _shown(line: CheckResult) -> str:
    word = f"{line.state:<8}"
    if has_colours():
        word = click.style(word, fg=_COLOURS[line.state])
    shown = f"{word} {line.check:<15} {visible(line.told)}"
    return shown + (f"\n{'':<24} → {visible(line.cure)}" if line.cure else "")
