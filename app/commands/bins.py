"""`smsbin bins`: create, list, show and delete bins of a running server."""

import sys
from collections.abc import Iterable
from typing import Any

import click

from .client import bin_argument, complete_bins, connect, in_path, with_server
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one API object per bin.")


@click.group("bins", short_help="Create, list, show and delete bins.")
def command() -> None:
    """Make, list, show and delete bins of a running server."""


@command.command("list")
@_json
@with_server
def list_(as_json: bool, **server: Any) -> None:
    """All bins, newest first: id, captures, name."""
    bins = connect(**server).every("/bins")
    if as_json:
        _as_lines(bins)
        return
    for bin in bins:
        print_line(f"{bin['id']}  {bin['captures']:>9,}  {visible(bin['name'])}")


@command.command("create")
@click.argument("name", required=False)
@click.option("--provider", default=None, help="Parse every request as one of this provider.  [default: detect]")
@click.option("--retention", default=None, help="How long captures are kept, such as 7d.  [default: server default]")
@_json
@with_server
def create(name: str | None, provider: str | None, retention: str | None, as_json: bool, **server: Any) -> None:
    """Create a bin and print its URLs."""
    values = {"name": name, "provider": provider, "retention": retention}
    request = {field: value for field, value in values.items() if value is not None}
    _print(connect(**server).send("POST", "/bins", request), as_json=as_json)


@command.command("show")
@bin_argument
@_json
@with_server
def show(bin: str | None, as_json: bool, **server: Any) -> None:
    """One bin with its URLs. BIN is an id or a unique name; optional if there is only one bin."""
    _print(connect(**server).find_bin(bin), as_json=as_json)


@command.command("delete")
@click.argument("bin", shell_complete=complete_bins)
@click.option("--yes", is_flag=True, help="Delete without asking.")
@_json
@with_server
def delete(bin: str, yes: bool, as_json: bool, **server: Any) -> None:
    """Delete a bin with its captures; its URLs answer 404 from then on."""
    client = connect(**server)
    found = client.find_bin(bin)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on; use --yes to delete.")
        click.confirm(
            f"Delete {visible(found['name'])} ({found['id']}) and its {found['captures']:,} captures?",
            abort=True,
            err=True,
        )
    client.send("DELETE", f"/bins/{in_path(found['id'])}")
    if as_json:
        _as_lines([found])
    else:
        click.echo(f"{visible(found['name'])} ({found['id']}) was deleted.", err=True)


def _print(bin: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _as_lines([bin])
        return
    lines = {"id": bin["id"], "name": bin["name"], "captures": f"{bin['captures']:,}", "page": bin["page_url"]}
    for label, value in {**lines, **bin["urls"]}.items():
        print_line(f"{label:<14}  {visible(value)}")


def _as_lines(bins: Iterable[dict[str, Any]]) -> None:
    for bin in bins:
        print_line(json_line(bin))
