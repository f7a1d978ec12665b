"""Sentences about simulations: how a provider is imitated, and the progress of a run."""

from collections.abc import Sequence

from ...domain.signatures import Signing
from ...domain.simulations import Progress, RunState, SimulationSpec, Traffic, Trouble
from ...providers.sheet import Play, Sheet

WHATS = {
    Traffic.INBOUND: "Inbound SMS, MMS",
    Traffic.OUTBOUND: "Outbound callbacks",
    Traffic.VOICE: "Inbound call",
}
FIELD_TITLES = {
    "provider": "Provider", "what": "Type", "from": "From", "to": "To", "text": "Text", "media": "Media",
    "count": "Messages", "rate": "Per second", "seed": "Seed", "failed": "Failed (%)",
    "speed": "Speed", "trouble": "Problems", "sign": "Signature",
    "primary": "Primary", "fallback": "Fallback", "status": "Status",
}  # fmt: skip
SIGNINGS = {
    Signing.NONE: "None",
    Signing.VALID: "Valid, with a secret of this bin",
    Signing.INVALID: "Invalid on purpose",
}
TROUBLES = {
    Trouble.DUPLICATE: "Duplicates: one request in ten is sent twice",
    Trouble.SHUFFLE: "Shuffled: callbacks of a message in random order",
    Trouble.LOSE: "Lost: one callback in ten is left out",
    Trouble.RAW_PLUS: "Raw plus: numbers with an unencoded +",
    Trouble.GET: "GET: fields in the query instead of the body",
    Trouble.LATIN1: "Latin-1: text in the wrong charset",
    Trouble.EMOJI: "Emoji and other scripts in the texts",
}


def rule_of(sheet: Sheet, what: Traffic) -> Sequence[str]:
    """How this provider behaves, one sentence each; the last one says what is assumed."""
    play = sheet.play
    sentences = [f"{sheet.title} waits {play.timeout_s:g} s for a response and {_tries(play)}.", _failure(play, what)]
    if what is Traffic.OUTBOUND:
        sentences.insert(0, f"Each message sends these callbacks: {_words(play)}.")
        sentences.append("Callbacks go to the status URL, which has no fallback.")
    elif play.voice_fallback if what is Traffic.VOICE else play.fallback:
        sentences.append("After that it calls the fallback URL, with the same timeout and attempts.")
    else:
        sentences.append(f"{sheet.title} has no fallback URL for {'calls' if what is Traffic.VOICE else 'SMS'}.")
    return [*sentences, play.assumed] if play.assumed else sentences


def describe_run(spec: SimulationSpec, progress: Progress) -> str:
    """The progress or the end of a run, in one sentence."""
    what = "call" if spec.what is Traffic.VOICE else "message"
    state = {
        RunState.RUNNING: "Running",
        RunState.DONE: "Done",
        RunState.STOPPED: "Stopped",
        RunState.FAILED: "Ended early",
    }[progress.state]
    sent = f"{progress.sent:,} of {count(progress.total, what)}" if progress.sent != progress.total else ""
    parts = [f"{state}: {sent or count(progress.total, what)}, {count(progress.requests, 'request')}"]
    parts.append(f"{progress.taken:,} accepted")
    if progress.lost:
        parts.append(f"{progress.lost:,} not accepted")
    if progress.dropped:
        parts.append(f"{count(progress.dropped, 'callback')} left out on purpose")
    return ", ".join(parts) + "." + (f" {progress.problem}" if progress.problem else "")


def count(number: int, noun: str) -> str:
    """`1 message`, `1,000 messages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _failure(play: Play, what: Traffic) -> str:
    xml = ", and so is a response with malformed XML" if play.wants_xml and what is not Traffic.OUTBOUND else ""
    redirects = f"up to {play.redirects} redirects on the same host are" if play.redirects else "redirects are not"
    return f"Every response except 2xx is a failure{xml}; {redirects} followed."


def _tries(play: Play) -> str:
    if play.tries > 1:
        return f"calls a URL {play.tries} times, with pauses of {', '.join(f'{pause:g}' for pause in play.pauses_s)} s"
    return "retries once if the connection fails" if play.retries_connections else "calls a URL once"


def _words(play: Play) -> str:
    code = f" (code {play.error_code})" if play.error_code else ""
    shortest, longest = play.gaps_s
    return f"{', '.join(play.good)}, or {', '.join(play.bad)}{code}, {shortest:g} to {longest:g} s apart"
