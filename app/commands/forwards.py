"""`smsbin forwards`: add, list, change and delete forwards of a running server; pause, resume, test, retry."""

from typing import Any

import click

from .client import connect, in_path, with_server
from .picking import bin_option, pick
from .terminal import as_json as json_line
from .terminal import print_line, visible

_json = click.option("--json", "as_json", is_flag=True, help="JSON Lines, as the API has them.")
_which = click.argument("forward")


@click.group("forwards", short_help="Send the captures of a bin to a URL, each until it has arrived.")
def command() -> None:
    """Forwards send the captures of a bin to your own URL, byte for byte, and try again until each has arrived.

    FORWARD is the id or the unique name of a forward.
    """


@command.command("list")
@bin_option
@_json
@with_server
def list_(bin: str | None, as_json: bool, **server: Any) -> None:
    """List the forwards of a bin with their state."""
    client = connect(**server)
    found = client.find_bin(bin)
    for item in client.get(_path(found))["items"]:
        print_line(json_line(item) if as_json else _line(item))


@command.command("add")
@click.argument("target")
@click.option("--name", default=None, help="Default: the target.")
@click.option("--match", "filter_", default="", metavar="FILTER", help="Only captures that match this filter.")
@click.option("--role", "roles", multiple=True, help="Only captures of this role; can be repeated.")
@click.option(
    "--mode",
    type=click.Choice(["raw", "event"]),
    default="raw",
    show_default=True,
    help="The requests byte for byte, or what they state, as JSON in one form for all providers.",
)
@click.option(
    "--event-content",
    type=click.Choice(["full", "thin", "raw"]),
    default="full",
    show_default=True,
    help="With --mode event: everything, ids only, or everything and the request itself.",
)
@click.option(
    "--follow-ups/--no-follow-ups",
    default=True,
    show_default=True,
    help="With --mode event: also send the verdict when a fallback URL was used, and stuck messages.",
)
@click.option("--order", type=click.Choice(["message", "none", "strict"]), default="message", show_default=True)
@click.option(
    "--sign", type=click.Choice(["sent", "target", "smsbin"]), default="sent", show_default=True,
    help="As sent, again for the target, or by Standard Webhooks, as events always are.",
)  # fmt: skip
@click.option("--credentials", is_flag=True, help="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")
@click.option("--timeout", "timeout_s", type=int, default=10, show_default=True, help="Seconds.")
@click.option("--start", type=int, default=None, metavar="N", help="Begin with capture N; default: the next one.")
@bin_option
@_json
@with_server
def add(target: str, name: str | None, filter_: str, sign: str, bin: str | None, as_json: bool, **more: Any) -> None:
    """Add a forward to TARGET, an http or https URL."""
    fields = ("mode", "event_content", "follow_ups", "roles", "order", "credentials", "timeout_s", "start")
    given = {field: more.pop(field) for field in fields}
    client = connect(**more)
    found = client.find_bin(bin)
    wanted = {"name": name or target[:100], "url": target, "filter": filter_, "signature": sign, **given}
    made = client.send("POST", _path(found), wanted)
    _tell(made, as_json, f"{visible(found['name'])} is forwarded to {visible(target)}.")
    if made["secret"] and not as_json:
        print_line(made["secret"])


@command.command("pause")
@_which
@bin_option
@_json
@with_server
def pause(forward: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Send nothing until it is resumed; nothing is lost."""
    _tell(_act(forward, bin, "pause", server), as_json, "Paused.")


@command.command("resume")
@_which
@bin_option
@_json
@with_server
def resume(forward: str, bin: str | None, as_json: bool, **server: Any) -> None:
    """Send again, and immediately what waits for a next attempt."""
    _tell(_act(forward, bin, "resume", server), as_json, "It sends again.")


@command.command("test")
@_which
@click.option("--capture", type=int, default=None, metavar="N", help="Default: the last one that matches.")
@bin_option
@_json
@with_server
def test(forward: str, capture: int | None, bin: str | None, as_json: bool, **server: Any) -> int:
    """Send one capture now. Returns 1 if the target does not answer with 2xx."""
    attempt = _act(forward, bin, "test", server, {"capture": capture})
    result = attempt["error"] if attempt["status"] is None else attempt["status"]
    _tell(attempt, as_json, f"#{attempt['n']}: {visible(str(result))} after {attempt['ms']} ms.")
    return 0 if attempt["status"] is not None and 200 <= attempt["status"] < 300 else 1


@command.command("retry")
@_which
@click.option("--since", type=int, default=None, metavar="N", help="Only captures from N on.")
@click.option("--capture", type=int, default=None, metavar="N", help="Only this capture.")
@click.option("--only-5xx", is_flag=True, help="Only those whose last answer was a 5xx.")
@bin_option
@_json
@with_server
def retry(
    forward: str, since: int | None, capture: int | None, only_5xx: bool, bin: str | None, as_json: bool, **server: Any
) -> None:
    """Send again what failed."""
    wanted = {"since": since, "capture": capture, "only_5xx": only_5xx}
    done = _act(forward, bin, "retry", server, wanted)
    _tell(done, as_json, f"{done['retried']} sent again.")


@command.command("remove")
@_which
@bin_option
@with_server
def remove(forward: str, bin: str | None, **server: Any) -> None:
    """Delete a forward; attempts stay with their captures."""
    client = connect(**server)
    found = client.find_bin(bin)
    client.send("DELETE", f"{_path(found)}/{in_path(_find(client, found, forward)['id'])}")
    click.echo("Deleted.", err=True)


def _act(forward: str, bin: str | None, what: str, server: dict[str, Any], wanted: Any = None) -> dict[str, Any]:
    client = connect(**server)
    found = client.find_bin(bin)
    path = f"{_path(found)}/{in_path(_find(client, found, forward)['id'])}/{what}"
    done: dict[str, Any] = client.send("POST", path, wanted or {})
    return done


def _find(client: Any, bin: dict[str, Any], wanted: str) -> dict[str, Any]:
    return pick(client.get(_path(bin))["items"], wanted, "forward")


def _path(bin: dict[str, Any]) -> str:
    return f"/bins/{in_path(bin['id'])}/forwards"


def _line(item: dict[str, Any]) -> str:
    counts = f"{item['lag']} not sent yet, {item['delivered']} delivered, {item['failed']} failed"
    why = item["reason"] or item["error"]
    reason = f" ({visible(why)})" if why else ""
    return f"{item['id']}  {item['state']}{reason}  {visible(item['name'])}  {visible(item['url'])}  {counts}"


def _tell(item: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        print_line(json_line(item))
    click.echo(text, err=True)
