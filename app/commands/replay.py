"""`smsbin replay`: sends captures again from this process, unchanged."""

import asyncio
import base64
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from .. import clock
from ..domain.captures import DAMAGED, RawRequest, write_lines
from ..domain.replays import NewAttempt, without_secrets
from ..domain.roles import Role
from ..domain.signatures import Signing
from ..domain.units import rfc3339
from ..errors import Damaged
from .client import connect, in_path, with_server
from .signing import secret_file, signer_for

if TYPE_CHECKING:
    from ..signatures.signer import Signer

_NOT_SENT = "not sent: "


@click.command("replay", short_help="Send captures again.")
@click.argument("numbers", metavar="N...", nargs=-1, required=True, type=click.IntRange(1))
@click.option("--to", "to", required=True, metavar="URL", help="Target URL.")
@click.option(
    "--bin", "bin", envvar="SMSBIN_BIN", default=None, metavar="BIN", help="Bin of the captures (id or name)."
)
@click.option("--credentials", is_flag=True, help="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")
@click.option(
    "--sign",
    type=click.Choice([sign.value for sign in Signing]),
    default=Signing.NONE.value,
    show_default=True,
    help="Sign again for the target URL, or wrongly on purpose; needs --secret-file.",
)
@secret_file
@click.option("--json", "as_json", is_flag=True, help="One JSON object per attempt on stdout.")
@with_server
def command(
    numbers: tuple[int, ...], to: str, bin: str | None, credentials: bool, sign: str, secret: str | None,
    scheme: str | None, as_json: bool, **server: Any,
) -> None:  # fmt: skip
    """Send captures again from this process, one after the other in the given order, for example to a local handler.

    Method, path after the role, query, headers in order and body bytes are sent as received. Connection headers are
    new, and credentials are sent only with --credentials. A capture whose stored bytes are damaged is not sent.

    \b
    smsbin replay 42 --to http://127.0.0.1:3000/sms
    smsbin replay 40 41 42 --to http://127.0.0.1:3000/sms --json

    Exit codes: 0 every capture was sent and answered 2xx, 1 some were not, 2 usage, 3 the server cannot be reached.
    """
    parts = urlsplit(to)
    if parts.scheme not in ("http", "https") or not parts.hostname or not to.isascii() or " " in to:
        raise click.UsageError("--to must be a URL such as http://127.0.0.1:3000/sms")
    client = connect(**server)
    found = client.find_bin(bin)
    captures = [client.get(f"/bins/{in_path(found['id'])}/captures/{n}", mask="false") for n in numbers]
    names = [(scheme, capture["signature"]["scheme"], capture["provider"]) for capture in captures]
    signers = [signer_for(sign, secret, of) for of in names]
    attempts = asyncio.run(
        _send(captures, to.partition("#")[0], signers, with_credentials=credentials, as_json=as_json)
    )
    good = sum(attempt.status is not None and 200 <= attempt.status < 300 for attempt in attempts)
    click.echo(f"{good:,} of {len(attempts):,} answered 2xx.", err=True)
    sys.exit(0 if good == len(attempts) else 1)


async def _send(
    captures: Sequence[dict[str, Any]], to: str, signers: "Sequence[Signer | None]", *, with_credentials: bool,
    as_json: bool,
) -> list[NewAttempt]:  # fmt: skip
    # Importing the sender takes time, which `--help` does not need.
    from ..services.replays import send_again

    attempts = []
    for capture, signer in zip(captures, signers, strict=True):
        n, role = capture["n"], Role(capture["role"])
        try:
            raw = _raw(capture)
        except Damaged as error:
            attempt = NewAttempt(
                n=n, url=without_secrets(to), sent_at=clock.now(), status=None, ms=0, error=f"{_NOT_SENT}{error}"
            )
        else:
            attempt = await send_again(n, raw, role, to, with_credentials=with_credentials, allowed=None, signer=signer)
        attempts.append(attempt)
        click.echo(_as_json(attempt) if as_json else _as_line(attempt))
    return attempts


def _raw(capture: dict[str, Any]) -> RawRequest:
    """The request in a capture of the API. Raises Damaged: its body is not the one that was received."""
    body = base64.b64decode(capture["body"]["base64"])
    # The API shows damaged bytes to people; a program that gets them would take them for those of the provider.
    if hashlib.sha256(body).hexdigest() != capture["body"]["sha256"]:
        raise Damaged(DAMAGED)
    headers = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in capture["headers"])
    return RawRequest(
        method=capture["method"],
        target=capture["target"],
        http_version=capture["http_version"] or "",
        head=write_lines(headers),
        body=body,
        body_complete=capture["body"]["complete"],
        peer=capture["peer"],
        received_at=datetime.fromisoformat(capture["received_at"]),
        refused=None if capture["http_version"] else capture["problem"],
    )


def _as_line(attempt: NewAttempt) -> str:
    if attempt.error is not None and attempt.error.startswith(_NOT_SENT):
        return f"#{attempt.n}  {attempt.error}"
    result = f"{attempt.status} in" if attempt.status is not None else f"{attempt.error} after"
    return f"#{attempt.n}  {result} {attempt.ms:,} ms"


def _as_json(attempt: NewAttempt) -> str:
    fields = {
        "n": attempt.n, "url": attempt.url, "sent_at": rfc3339(attempt.sent_at), "status": attempt.status,
        "ms": attempt.ms, "error": attempt.error, "content_type": attempt.content_type,
        "body": attempt.body.decode("utf-8", "replace"),
    }  # fmt: skip
    return json.dumps(fields)
