"""`smsbin alerts`: add, list, test and delete alerts of a running server; pause and resume them."""

from typing import Any

import click

from ..domain.alerts.model import AlertKind, WebhookShape
from .client import connect, in_path, with_server
from .picking import bin_option, pick
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "as_json", is_flag=True, help="JSON Lines, as the API has them.")
_which = click.argument("alert")


@click.group("alerts", short_help="Be notified when something is wrong, and when it is over.")
def command() -> None:
    """Alerts send notices when a condition on a bin holds, and when it has ended.

    ALERT is the id or the unique name of an alert.
    """


@command.command("list")
@bin_option
@_json
@with_server
def list_(bin: str | None, as_json: bool, **server: Any) -> None:
    """List the alerts of a bin with their state."""
    client = connect(**server)
    found = client.find_bin(bin)
    for item in client.get(_path(found))["items"]:
        print_line(json_line(item) if as_json else _line(item))


@command.command("add")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in AlertKind]), default=AlertKind.MATCHES.value, show_default=True
)
@click.option("--filter", "filter_", default="", metavar="FILTER", help="Only captures that match this filter.")
@click.option("--more-than", type=int, default=0, show_default=True, help="Captures or messages.")
@click.option("--within", default="10m", show_default=True, metavar="TIME", help="Such as 30s, 10m, 2h.")
@click.option("--browser", is_flag=True, help="Open pages of smsbin show notices.")
@click.option("--webhook", default=None, metavar="URL", help="Send notices to this URL.")
@click.option(
    "--shape", type=click.Choice([shape.value for shape in WebhookShape]), default="standard", show_default=True
)
@click.option("--email", "emails", multiple=True, metavar="ADDRESS", help="Send notices by e-mail; can be repeated.")
@click.option(
    "--remind", default="0", show_default=True, metavar="TIME", help="Notify again after this time; 0: never."
)
@click.option("--include-texts", is_flag=True, help="Notices have phone numbers and texts.")
@bin_option
@_json
@with_server
def add(name: str, filter_: str, webhook: str | None, shape: str, bin: str | None, as_json: bool, **more: Any) -> None:
    """Add an alert on what arrives from now on."""
    fields = ("kind", "more_than", "within", "browser", "emails", "remind", "include_texts")
    given = {field: more.pop(field) for field in fields}
    target = None if webhook is None else {"url": webhook, "shape": shape}
    client = connect(**more)
    found = client.find_bin(bin)
    made = client.send("POST", _path(found), {"name": name, "filter": filter_, "webhook": target, **given})
    _report(made, as_json, f"Fires for: {visible(made['condition'])}.")
    if made["secret"] and not as_json:
        print_line(made["secret"])


@command.command("test")
@_which
@bin_option
@_json
@with_server
def test(alert: str, bin: str | None, as_json: bool, **server: Any) -> int:
    """Send a test to all targets. Returns 1 if one of them does not get it."""
    notice = _act(alert, bin, "test", server)
    results = [_result(each) for each in notice["deliveries"]] or ["it has no webhook and no e-mail"]
    _report(notice, as_json, f"Test: {'; '.join(results)}.")
    return 0 if all(each["state"] == "delivered" for each in notice["deliveries"]) else 1


@command.command("pause")
@_which
@bin_option
@_json
@with_server
def pause(alert: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Look at nothing until it is resumed."""
    _report(_act(alert, bin, "pause", server), as_json, "Paused.")


@command.command("resume")
@_which
@bin_option
@_json
@with_server
def resume(alert: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Look at what arrives from now on."""
    _report(_act(alert, bin, "resume", server), as_json, "Resumed.")


@command.command("remove")
@_which
@bin_option
@with_server
def remove(alert: str, bin: str | None, **server: Any) -> None:
    """Delete an alert with its history."""
    client = connect(**server)
    found = client.find_bin(bin)
    client.send("DELETE", f"{_path(found)}/{in_path(_find(client, found, alert)['id'])}")
    click.echo("Deleted.", err=True)


def _act(alert: str, bin: str | None, what: str, server: dict[str, Any]) -> dict[str, Any]:
    client = connect(**server)
    found = client.find_bin(bin)
    path = f"{_path(found)}/{in_path(_find(client, found, alert)['id'])}/{what}"
    done: dict[str, Any] = client.send("POST", path, {})
    return done


def _find(client: Any, bin: dict[str, Any], wanted: str) -> dict[str, Any]:
    return pick(client.get(_path(bin))["items"], wanted, "alert")


def _path(bin: dict[str, Any]) -> str:
    return f"/bins/{in_path(bin['id'])}/alerts"


def _line(item: dict[str, Any]) -> str:
    since = f" since {item['since']}" if item["state"] == "firing" else ""
    return f"{item['id']}  {item['state']}{since}  {visible(item['name'])}  {visible(item['condition'])}"


def _result(delivery: dict[str, Any]) -> str:
    status = f" ({delivery['status']})" if delivery["status"] is not None else ""
    error = f", {visible(delivery['error'])}" if delivery["error"] else ""
    return f"{delivery['target']} {delivery['state']}{status}{error}"


def _report(item: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        print_line(json_line(item))
    click.echo(text, err=True)
