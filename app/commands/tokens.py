"""`smsbin tokens`: create, list and revoke the named access tokens of a running server."""

from typing import Any

import click

from .client import Client, complete_bins, connect, in_path, with_server
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "wants_json", is_flag=True, help="JSON Lines, as the API has them.")


@click.group("tokens", short_help="Create, list and revoke access tokens.")
def command() -> None:
    """A named token lets one person or program in: to read, to write or as an admin, with all bins or some.

    These commands require a token of an admin, such as the access token of the installation.
    """


@command.command("list")
@_json
@with_server
def list_(wants_json: bool, **server: Any) -> None:
    """The tokens, oldest first: id, role, last use, end, name, bins. Their texts are never shown."""
    client = connect(**server)
    bins = {bin["id"]: bin["name"] for bin in client.every("/bins")}
    for token in client.get("/tokens")["items"]:
        print_line(json_line(token) if wants_json else _line(token, bins))


@command.command("add")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["read", "write", "admin"]), default="read", show_default=True,
    help="What it may do. write: also change bins and send requests; admin: also tokens and the server.",
)  # fmt: skip
@click.option(
    "--bin", "bins", multiple=True, metavar="BIN", shell_complete=complete_bins,
    help="Only this bin (id or name); can be repeated.",
)  # fmt: skip
@click.option("--expires-in", default=None, metavar="TIME", help="Such as 30d or 12h.  [default: it does not expire]")
@_json
@with_server
def add(name: str, role: str, bins: tuple[str, ...], expires_in: str | None, wants_json: bool, **server: Any) -> None:
    """Create the token NAME. stdout has its text, which is not shown again.

    \b
    smsbin tokens add ci --role write --bin Staging --expires-in 90d
    """
    client = connect(**server)
    ids = [client.find_bin(bin)["id"] for bin in bins]
    request = {"name": name, "role": role, "bins": ids or None, "expires_in": expires_in}
    made = client.send("POST", "/tokens", request)
    print_line(json_line(made) if wants_json else made["token"])
    click.echo(f"{visible(made['name'])} was created. Keep its token: it is not shown again.", err=True)


@command.command("revoke")
@click.argument("token")
@with_server
def revoke(token: str, **server: Any) -> None:
    """Revoke TOKEN, an id or a name. Its sessions and open connections end immediately."""
    client = connect(**server)
    found = _find(client, token)
    client.send("DELETE", f"/tokens/{in_path(found['id'])}")
    click.echo(f"{visible(found['name'])} was revoked.", err=True)


def _find(client: Client, wanted: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = client.get("/tokens")["items"]
    for item in (
        *(item for item in items if item["id"] == wanted),
        *(item for item in items if item["name"] == wanted),
    ):
        return item
    raise click.UsageError(f"There is no token {wanted!r}; `smsbin tokens list` shows them.")


def _line(token: dict[str, Any], names: dict[str, str]) -> str:
    used = f"used {token['last_used_at'][:16]}Z" if token["last_used_at"] else "never used"
    end = (
        f"{'expired' if token['expired'] else 'until'} {token['expires_at'][:16]}Z" if token["expires_at"] else "no end"
    )
    bins = "all bins" if token["bins"] is None else ", ".join(visible(names.get(each, each)) for each in token["bins"])
    return f"{token['id']}  {token['role']:<5}  {used:<22}  {end:<25}  {visible(token['name'])}  {bins}"
