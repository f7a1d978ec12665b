"""`smsbin secrets`: the signing secrets of a bin. A secret is read from stdin, never from an argument, which other
users of the machine could see."""

import sys
from typing import Any

import click

from .client import connect, in_path, with_server
from .terminal import as_json, print_line, visible

_bin = click.option("--bin", "bin", envvar="SMSBIN_BIN", default=None, metavar="BIN", help="Bin (id or name).")
_json = click.option("--json", "wants_json", is_flag=True, help="JSON Lines: one API object per secret.")


@click.group("secrets", short_help="Store, list and remove signing secrets.")
def command() -> None:
    """Store, list and remove the secrets with which the signatures of a bin are checked."""


@command.command("list")
@_bin
@_json
@with_server
def list_(bin: str | None, wants_json: bool, **server: Any) -> None:
    """The secrets of a bin, oldest first: hash, scheme, label. Values are never shown."""
    client = connect(**server)
    found = client.find_bin(bin)
    for secret in client.get(f"/bins/{in_path(found['id'])}/secrets")["items"]:
        _print(secret, wants_json=wants_json)


@command.command("set")
@click.argument("label")
@click.option("--scheme", default=None, help="Name of a signature scheme, such as twilio.  [default: any]")
@_bin
@_json
@with_server
def set_(label: str, scheme: str | None, bin: str | None, wants_json: bool, **server: Any) -> None:
    """Store the secret on stdin under LABEL, or replace the one with this label.

    \b
    smsbin secrets set primary < auth-token.txt
    smsbin secrets set primary --scheme twilio     (asks for it on a terminal)
    """
    secret = click.prompt("Secret", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read()
    client = connect(**server)
    found = client.find_bin(bin)
    # A file ends with a line break, which is no part of the secret.
    request = {"secret": secret.strip("\r\n"), "scheme": scheme}
    stored = client.send("PUT", f"/bins/{in_path(found['id'])}/secrets/{in_path(label)}", request)
    _print(stored, wants_json=wants_json)


@command.command("remove")
@click.argument("label")
@_bin
@with_server
def remove(label: str, bin: str | None, **server: Any) -> None:
    """Remove the secret with this label."""
    client = connect(**server)
    found = client.find_bin(bin)
    client.send("DELETE", f"/bins/{in_path(found['id'])}/secrets/{in_path(label)}")
    click.echo(f"{visible(label)} was removed.", err=True)


def _print(secret: dict[str, Any], *, wants_json: bool) -> None:
    if wants_json:
        print_line(as_json(secret))
    else:
        print_line(f"{secret['hash']}  {secret['scheme'] or 'any':<24}  {visible(secret['label'])}")
