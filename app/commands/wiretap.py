"""`smsbin wiretap`: show, set and remove the wiretap of a role of a running server."""

from typing import Any

import click

from ..domain.roles import Role
from .client import connect, in_path, with_server
from .picking import bin_option
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "as_json", is_flag=True, help="JSON, as the API has it.")
_role = click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.PRIMARY.value, show_default=True
)


@click.group("wiretap", short_help="Let your own handler answer a role, through smsbin.")
def command() -> None:
    """With a wiretap your own handler answers the requests of a role, through smsbin, while the provider waits."""


@command.command("show")
@_role
@bin_option
@_json
@with_server
def show(role: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Show the wiretap of a role, and how much time smsbin adds."""
    client = connect(**server)
    _print(client.get(_path(client.find_bin(bin), role)), role, as_json)


@command.command("set")
@click.argument("target")
@_role
@click.option("--safe", is_flag=True, help="If the handler fails: the safe response, and the request is sent later.")
@click.option("--timeout", "timeout_s", type=float, default=None, help="Seconds; default: as the provider allows.")
@click.option("--no-credentials", is_flag=True, help="Without Authorization, Cookie, Proxy-* and X-Forwarded-*.")
@click.option("--off", is_flag=True, help="Keep the settings, but let smsbin answer.")
@bin_option
@_json
@with_server
def set_(target: str, role: str, safe: bool, bin: str | None, as_json: bool, **more: Any) -> None:
    """Let the handler at TARGET, an http or https URL, answer a role."""
    wanted = {
        "url": target, "on_failure": "safe" if safe else "mirror", "timeout_s": more.pop("timeout_s"),
        "credentials": not more.pop("no_credentials"), "enabled": not more.pop("off"),
    }  # fmt: skip
    client = connect(**more)
    _print(client.send("PUT", _path(client.find_bin(bin), role), wanted), role, as_json)


@command.command("remove")
@_role
@bin_option
@with_server
def remove(role: str, bin: str | None, **server: Any) -> None:
    """Remove the wiretap of a role: smsbin answers again."""
    client = connect(**server)
    client.send("DELETE", _path(client.find_bin(bin), role))
    click.echo(f"smsbin answers {role} again.", err=True)


def _path(bin: dict[str, Any], role: str) -> str:
    return f"/bins/{in_path(bin['id'])}/wiretaps/{role}"


def _print(state: dict[str, Any], role: str, as_json: bool) -> None:
    if as_json:
        print_line(json_line(state))
        return
    wiretap, overhead = state["wiretap"], state["overhead"]
    if wiretap is None:
        print_line(f"{role}  none")
        return
    mode = "on" if wiretap["enabled"] else "off"
    added = f"  +{overhead['p50_ms']:g} ms, p99 {overhead['p99_ms']:g} ms" if overhead else ""
    limit = f"{state['limit_s']:g} s"
    print_line(f"{role}  {mode}  {wiretap['on_failure']}  {limit}  {visible(wiretap['url'])}{added}")
