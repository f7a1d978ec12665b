"""`smsbin simulate`: sends a provider's requests from this process, to a bin or to other URLs."""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from .. import clock
from ..domain.providers import PROVIDER_TITLES
from ..domain.signatures import Signing
from ..domain.simulations import (
    MOST_MESSAGES,
    Progress,
    SimulationAttempt,
    SimulationSpec,
    Targets,
    Traffic,
    Trouble,
)
from ..domain.units import rfc3339
from .client import Client, connect, in_path, with_server
from .signing import secret_file, signer_for

if TYPE_CHECKING:
    from ..signatures.signer import Signer

COUNT = click.IntRange(1, MOST_MESSAGES)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is sent where, and the mark that identifies the run for its bin."""

    request: SimulationSpec
    targets: Targets
    mark: str | None


@click.command("simulate", short_help="Simulate a provider.")
@click.argument("what", type=click.Choice([what.value for what in Traffic]))
@click.option(
    "--provider",
    type=click.Choice(list(PROVIDER_TITLES)),
    default=None,
    help="The provider to simulate.  [default: that of the bin, else ytel]",
)
@click.option("--bin", "bin", envvar="SMSBIN_BIN", default=None, metavar="BIN", help="Send to this bin (id or name).")
@click.option("--primary", default=None, metavar="URL", help="Send to this URL instead of a bin.")
@click.option("--fallback", default=None, metavar="URL", help="Fallback URL of --primary.")
@click.option("--status", default=None, metavar="URL", help="URL for callbacks of outbound messages.")
@click.option("--from", "sender", default=None, metavar="NUMBER", help="The sender.  [default: fictional numbers]")
@click.option("--to", "recipient", default=None, metavar="NUMBER", help="The recipient.")
@click.option("--text", default=None, help="The text.  [default: a sample text]")
@click.option("--media", multiple=True, metavar="URL", help="Media URL of an MMS; it is only listed, not fetched.")
@click.option("--count", type=COUNT, default=1, show_default=True, help="Number of messages or calls.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=5.0,
    show_default=True,
    help="Messages or calls per second.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=None, help="The same seed repeats the same run.  [default: random]"
)
@click.option(
    "--trouble",
    multiple=True,
    type=click.Choice([trouble.value for trouble in Trouble]),
    help="Problem to simulate; can be repeated. duplicate and lose affect one request in ten.",
)
@click.option(
    "--failed",
    type=click.FloatRange(0, 100),
    default=3.0,
    show_default=True,
    metavar="PERCENT",
    help="Percentage of outbound messages that fail.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Divide timeouts and the pauses between the requests of a message by this.",
)
@click.option(
    "--sign",
    type=click.Choice([sign.value for sign in Signing]),
    default=Signing.NONE.value,
    show_default=True,
    help="Sign as the provider does, or wrongly on purpose; needs --secret-file.",
)
@secret_file
@click.option("--json", "as_json", is_flag=True, help="One JSON object per request on stdout.")
@with_server
def command(
    what: str, bin: str | None, primary: str | None, fallback: str | None, status: str | None, as_json: bool,
    **more: Any,
) -> None:  # fmt: skip
    """Send webhook requests that look like those of a provider: inbound SMS, status callbacks, or calls.

    They go to the primary first, then to the fallback, with the documented timeout and retries of the provider;
    assumptions are printed. This process sends real requests but no SMS. Without --primary or --status they go to a
    bin, marked as simulated.

    \b
    smsbin simulate inbound --text "Your code is 482913"
    smsbin simulate inbound --provider twilio --primary http://127.0.0.1:3000/sms --fallback http://127.0.0.1:3000/backup
    smsbin simulate outbound --count 500 --rate 50 --trouble lose --trouble duplicate --trouble shuffle --seed 42

    Exit codes: 0 all were accepted, 1 some were not, 2 usage, 3 the server cannot be reached.
    """
    server = {name: more.pop(name) for name in ("url", "access_token_file", "data_dir", "port", "base_path")}
    own_targets = Targets(primary=primary, fallback=fallback, status=status)
    request = _read_options(what, more)
    is_own = own_targets != Targets()
    stage = (
        _to_own_urls(request, own_targets, bin)
        if is_own
        else _to_bin(request, connect(**server), bin, more["provider"])
    )
    click.echo(_check(stage.request), err=True)
    signer = signer_for(more["sign"], more["secret"], [more["scheme"], stage.request.provider])
    progress = _play(stage, signer, as_json=as_json)
    click.echo(_sum_up(stage.request, progress), err=True)
    sys.exit(1 if progress.lost else 0)


def _read_options(what: str, more: dict[str, Any]) -> SimulationSpec:
    seed = more["seed"]
    return SimulationSpec(
        provider=more["provider"] or "ytel",
        what=Traffic(what),
        sender=more["sender"],
        recipient=more["recipient"],
        text=more["text"],
        media=more["media"],
        count=more["count"],
        rate=more["rate"],
        seed=int(clock.dice() * 1_000_000) if seed is None else seed,
        trouble=frozenset(Trouble(trouble) for trouble in more["trouble"]),
        failed_share=more["failed"] / 100,
        speed=more["speed"],
    )


def _to_own_urls(request: SimulationSpec, targets: Targets, bin: str | None) -> _Stage:
    """Targets that the user has given; targets from the command line are not checked."""
    if bin is not None:
        raise click.UsageError("Give either --bin or your own URLs.")
    needed = "status" if request.what is Traffic.OUTBOUND else "primary"
    if getattr(targets, needed) is None:
        raise click.UsageError(f"{request.what} needs --{needed}.")
    for name in ("primary", "fallback", "status"):
        url = getattr(targets, name)
        if url is not None and not url.startswith(("http://", "https://")):
            raise click.UsageError(f"--{name} must be a URL such as http://127.0.0.1:3000/sms")
    return _Stage(request, targets, None)


def _to_bin(request: SimulationSpec, client: Client, named: str | None, provider: str | None) -> _Stage:
    """The capture URLs of a bin as this process reaches them, and the mark of a run registered at the server."""
    bin = client.find_bin(named)
    request = replace(request, provider=provider or bin["provider"] or request.provider)
    fields = {
        "provider": request.provider, "what": request.what.value, "count": request.count, "seed": request.seed,
        "played_by": "client",
    }  # fmt: skip
    run = client.send("POST", f"/bins/{in_path(bin['id'])}/simulations", fields)
    roles = ("voice", "voice-fallback") if request.what is Traffic.VOICE else ("primary", "fallback")
    named_urls = Targets(primary=bin["urls"][roles[0]], fallback=bin["urls"][roles[1]], status=bin["urls"]["status"])
    key = bin["urls"]["primary"].rsplit("/", 1)[1]
    urls = [f"{client.root}/{key}" + suffix for suffix in _SUFFIXES[request.what]]
    targets = Targets(primary=urls[0], fallback=urls[1], status=urls[2], named=named_urls)
    return _Stage(request, targets, run["mark"])


def _play(stage: _Stage, signer: "Signer | None", *, as_json: bool) -> Progress:
    # aiohttp and the data sheets take time to import, which `--help` does not need.
    from ..egress import open_sender
    from ..services.simulations.player import Player

    tell = _print_json if as_json else _print_attempt

    async def play() -> Progress:
        async with open_sender() as sender:
            player = Player(sender, stage.request, stage.targets, mark=stage.mark, report=tell, signer=signer)
            await player.run(clock.now())
        return player.progress

    return asyncio.run(play())


def _check(request: SimulationSpec) -> str:
    """A description of the run. Raises UsageError if the provider cannot play it."""
    from ..providers import PROVIDERS

    sheet = PROVIDERS[request.provider]
    if request.what is Traffic.VOICE and not sheet.play.voice:
        raise click.UsageError(f"{sheet.title} has no calls; use another --provider.")
    assumed = f" {sheet.play.assumed}" if sheet.play.assumed else ""
    count, rate = f"{request.count:,} {request.what}", f"{request.rate:g} per second"
    return f"Simulating {sheet.title}: {count}, {rate}, seed {request.seed}.{assumed}"


def _print_attempt(attempt: SimulationAttempt) -> None:
    result = str(attempt.status) if attempt.status is not None else attempt.error
    number = f"  #{attempt.n}" if attempt.n else ""
    sign = "✓" if attempt.ok else "✕"
    word = f" {attempt.word}" if attempt.word else ""
    stamp = attempt.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    click.echo(f"{stamp}  {sign} {attempt.role + word:<18} {result} in {attempt.ms:,} ms{number}  {attempt.message_id}")


def _print_json(attempt: SimulationAttempt) -> None:
    fields = {
        "message_id": attempt.message_id, "role": attempt.role, "sent_at": rfc3339(attempt.at), "word": attempt.word,
        "status": attempt.status, "ms": attempt.ms, "ok": attempt.ok, "error": attempt.error, "n": attempt.n,
    }  # fmt: skip
    click.echo(json.dumps(fields))


def _sum_up(request: SimulationSpec, progress: Progress) -> str:
    what = "call" if request.what is Traffic.VOICE else "message"
    dropped = f", {progress.dropped:,} callbacks left out on purpose" if progress.dropped else ""
    return (
        f"{_count(progress.sent, what)}, {_count(progress.requests, 'request')}:"
        f" {progress.taken:,} accepted, {progress.lost:,} not{dropped}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_SUFFIXES = {
    Traffic.INBOUND: ("", "/fallback", "/status"),
    Traffic.OUTBOUND: ("", "/fallback", "/status"),
    Traffic.VOICE: ("/voice", "/voice-fallback", "/status"),
}
