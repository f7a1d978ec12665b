"""`smsbin listen [BIN] --to URL`: delivers the captures of a bin to a program on this machine, over a connection from
here to the server, so that this machine needs no public address.
"""

import asyncio
import re
import signal
import socket
import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from ... import clock
from ...domain.captures import Headers
from ...domain.listeners import NAME, NAME_RULE
from ...domain.replays import is_replaced
from ...domain.roles import Role
from ...domain.signatures import Signing
from ...errors import CannotStart, Invalid
from ..client import Client, ServerUnreachable, bin_argument, connect, with_server
from ..polling import BinCaptures, RetryBackoff, Since
from ..signing import secret_file, signer_for
from ..terminal import until_stdout_closes
from ..wait import Duration

if TYPE_CHECKING:
    from ...signatures.signer import Signer
    from .connecting import ListenAddress
    from .output import Output
    from .requests import LocalTarget
    from .session import SessionPlan

# The parameters of the API, as options.
_OPTIONS = {"name": "--name", "match": "--match", "q": "--match", "role": "--role", "after": "--from"}
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")


class Beginning(Since):
    """`last`, `start`, or what `Since` has."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The unchanged text, if it is valid."""
        return str(value) if value in ("last", "start") else super().convert(value, param, ctx)


class HeaderLine(click.ParamType[tuple[bytes, bytes]]):
    """A header, written as `Name: value`."""

    name = "K:V"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[bytes, bytes]:
        """Name and value."""
        found = _HEADER.fullmatch(value)
        if found is None:
            self.fail("must be a header such as 'X-Token: abc'.", param, ctx)
        name, text = found[1].encode(), found[2].strip().encode("latin-1")
        if is_replaced(name):
            self.fail(f"{found[1]} is set for each request, and cannot be given.", param, ctx)
        return name, text


class ListenerName(click.ParamType[str]):
    """The name of a listener."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The unchanged name, if it is valid."""
        if not NAME.fullmatch(value):
            self.fail(f"{NAME_RULE}.", param, ctx)
        return str(value)


def default_name() -> str:
    """The name of this machine."""
    found = NAME.match(re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname().partition(".")[0]))
    return found[0] if found else "listener"


@click.command("listen", short_help="Deliver captures to a program on this machine.")
@bin_argument
@click.option("--to", "to", required=True, metavar="URL", help="Your program, for example http://localhost:3000/sms.")
@click.option(
    "--name", type=ListenerName(), default=None,
    help="Name of this listener. The server keeps a position for each name.  [default: name of this machine]",
)  # fmt: skip
@click.option(
    "--from", "since", type=Beginning(), default="last", show_default=True,
    metavar="now|last|start|#41|10m",
    help="Where to begin: with what arrives now, where this name stopped (the first time: now), with the first"
    " capture, after a number, or some time ago.",
)  # fmt: skip
@click.option("-q", "--q", "--match", "match", default=None, metavar="EXPR", help="Only captures that match.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]),
    help="Only captures of this role; can be repeated.",
)  # fmt: skip
@click.option(
    "--path", type=click.Choice(["keep", "fixed"]), default="keep", show_default=True,
    help="Append the path after the role to the URL, or always use the URL as it is; the query is kept.",
)  # fmt: skip
@click.option(
    "--header", "headers", multiple=True, type=HeaderLine(), help="Add a header; can be repeated. Never printed."
)
@click.option(
    "--re-sign", "signs", is_flag=True,
    help="Sign again for the URL; needs --secret-file. Otherwise the signature is sent as received.",
)  # fmt: skip
@secret_file
@click.option(
    "--event",
    "as_event",
    is_flag=True,
    help="Send the events of each request, as JSON for all providers, instead of it.",
)
@click.option(
    "--answer", "answers", is_flag=True,
    help="Providers wait for your program and get its response. Otherwise they have the response of the bin already.",
)  # fmt: skip
@click.option("--timeout", type=Duration(), default="10s", show_default=True, help="How long your program may take.")
@click.option(
    "--drop-when-down", "drops", is_flag=True, help="Skip captures while nothing listens, instead of holding them."
)
@click.option("--once", type=click.IntRange(min=1), default=None, metavar="N", help="Exit with 0 after N deliveries.")
@click.option("--print", "prints_all", is_flag=True, help="Also print each request and its response.")
@click.option("--json", "wants_json", is_flag=True, help="JSON Lines: one object per delivery.")
@click.option("--ca", default=None, metavar="FILE", help="Also trust these certificates (PEM), of server and program.")
@click.option("--insecure", is_flag=True, help="Do not check certificates. Others may read the access token.")
@with_server
def command(
    bin: str | None, to: str, since: str, signs: bool, ca: str | None, insecure: bool, **more: Any
) -> int:  # fmt: skip
    """Deliver the captures of BIN to a program on this machine, byte for byte, until Ctrl-C.

    The connection goes from here to the server, so this machine needs no public address. Captures that arrive while
    listen is not running, while the connection is lost, or while your program is down are delivered later, in order:
    none is skipped. Two listeners with different names each get everything; with the same name, the newer replaces
    the other.

    BIN is an id or a unique name; optional if there is only one bin.

    \b
    Keys:
      r  send the last capture again    o  open it in the browser
      p  pause, and continue            q  quit

    \b
    Exit codes:
      0    --once is reached, or q
      2    wrong usage
      3    the server refuses: access token, bin, or a newer listener of this name. If it cannot be reached,
           listen tries until it can.
      130  interrupted; what was not delivered is sent the next time

    \b
    Examples:
      smsbin listen --to http://localhost:3000/sms
      smsbin listen --to http://localhost:3000/sms --answer --match 'kind:inbound'
      smsbin listen --to http://localhost:3000/sms --from start --once 10 --json
    """
    server = {name: more.pop(name) for name in ("url", "access_token_file", "data_dir", "port", "base_path")}
    if urlsplit(to).scheme not in ("http", "https") or not urlsplit(to).hostname or not to.isascii() or " " in to:
        raise click.UsageError("--to must be a URL such as http://localhost:3000/sms")
    tls = _trust(ca, insecure=insecure)
    client = connect(**server, tls=tls)
    found, start = _prepare(client, bin, since)
    return _listen(client, found, to.partition("#")[0], start, tls, signs=signs, **more)


def _trust(ca: str | None, *, insecure: bool) -> ssl.SSLContext | None:
    """Which certificates are trusted; None: those of the system. Raises CannotStart."""
    if ca is None and not insecure:
        return None
    context = ssl.create_default_context()
    if insecure:
        click.echo("smsbin: --insecure: certificates are not checked. Others may read the access token.", err=True)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if ca is not None:
        try:
            context.load_verify_locations(ca)
        except (OSError, ssl.SSLError) as error:
            raise CannotStart(f"{ca} cannot be read as certificates ({error.strerror or error}).") from None
    return context


def _prepare(client: Client, bin: str | None, since: str) -> tuple[dict[str, Any], int | None]:
    """The bin, and the number after which to begin; None: where the listener is. Waits until the server answers."""
    backoff = RetryBackoff()
    while True:
        try:
            found = client.find_bin(bin)
            captures = BinCaptures(client, found["id"])
            match since:
                case "last":
                    start = None
                case "start":
                    start = 0
                case _:
                    start = captures.begin(since, clock.started(), by_the_clock=client.is_local)
        except ServerUnreachable as error:
            backoff.failed(error)
        else:
            backoff.succeeded()
            return found, start


def _listen(
    client: Client, bin: dict[str, Any], to: str, start: int | None, tls: ssl.SSLContext | None, *, signs: bool,
    name: str | None, match: str | None, roles: Sequence[str], path: str, headers: Headers, secret: str | None,
    scheme: str | None, as_event: bool, answers: bool, timeout: float, drops: bool, once: int | None,
    prints_all: bool, wants_json: bool,
) -> int:  # fmt: skip
    # These import aiohttp, which takes time that `--help` does not need.
    from .connecting import ListenAddress
    from .output import Output
    from .requests import LocalTarget
    from .session import SessionPlan

    names = (scheme, "standardwebhooks" if as_event else bin["provider"])
    target = LocalTarget(
        url=to, timeout_s=timeout, keeps_path=path == "keep", headers=headers, as_event=as_event, tls=tls,
        signer=_signer(secret, names) if signs else None,
    )  # fmt: skip
    query = {"name": name or default_name(), "match": match or "", "role": ",".join(roles)}
    query |= {"event": "1" * as_event, "answer": "1" * answers}
    address = ListenAddress(
        client=client, bin_id=bin["id"], query={key: value for key, value in query.items() if value}, start=start,
        tls=tls,
    )  # fmt: skip
    plan = SessionPlan(answers=answers, once=once or 0, drops=drops, title=bin["name"], page_url=bin["page_url"])
    hidden = frozenset(each.decode().lower() for each, _ in headers)
    output = Output(is_json=wants_json, prints_all=prints_all, hidden=hidden)
    code = 0
    try:
        with until_stdout_closes():
            code = asyncio.run(_run(address, target, plan, output))
    except Invalid as error:
        raise Invalid(*((_OPTIONS.get(field, field), message) for field, message in error.problems)) from None
    return code


def _signer(secret: str | None, names: Sequence[str | None]) -> "Signer":
    """What signs for `--re-sign`. Raises UsageError."""
    if secret is None:
        raise click.UsageError("--re-sign needs the secret: give --secret-file.")
    try:
        signer = signer_for(Signing.VALID, secret, names)
    except Invalid as error:
        why = "; ".join(message for _, message in error.problems)
        raise click.UsageError(f"--re-sign {why}. --scheme chooses another signature.") from None
    assert signer is not None, "it was wanted"
    return signer


async def _run(address: "ListenAddress", target: "LocalTarget", plan: "SessionPlan", output: "Output") -> int:
    from .keyboard import has_keyboard, reading_keys
    from .memory import DeliveredCaptures, state_path
    from .output import report
    from .session import ListenSession

    path = state_path(address.client.root, address.bin_id, address.query["name"])
    delivered = DeliveredCaptures(path, report)
    if address.start is not None:
        # What was delivered before is wanted again.
        delivered.forget()
    session = ListenSession(plan, address, target, delivered, output)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, session.interrupt)
    if has_keyboard():
        report("keys: r replay the last request, p pause, o open in the browser, q quit")
    with reading_keys(session.press):
        return await session.run()
