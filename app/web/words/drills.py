"""Drills in words: state, results and the report."""

from ...domain.bins import Bin
from ...domain.drills import Card, Drill, DrillStep, StepState
from ...domain.faults import FaultKind
from ...domain.pairings.model import FALLBACK_WITHIN
from ...domain.units import ms_text

WATCHED_S = int(FALLBACK_WITHIN.total_seconds())


def title_of(drill: Drill) -> str:
    """The title of a drill, for lists."""
    if drill.measuring:
        return "Measure the provider"
    (step,) = drill.steps
    count = step.fault.count
    reach = "" if count is None else " once" if count == 1 else f" for the next {count:,}"
    return f"{_capital(step.title)}{reach}"


def state_of(drill: Drill) -> str:
    """The state of a drill, in a word or two."""
    if drill.stopped:
        return "stopped"
    if drill.ended_at is not None:
        return "done"
    index = drill.current
    step = None if index is None else drill.steps[index]
    if step is not None and step.state is StepState.WATCHING:
        return "watching"
    return f"step {index + 1} of {len(drill.steps)}" if drill.measuring and index is not None else "running"


def next_of(drill: Drill) -> str | None:
    """The next step for the user, in a sentence; None at the end."""
    index = drill.current
    if index is None:
        return None
    step = drill.steps[index]
    if step.state is StepState.WATCHING or (drill.measuring and step.manner is not None):
        return f"A request got the fault. Waiting for the fallback for up to {WATCHED_S} s after the last request."
    if drill.measuring:
        return "Send one SMS to your number now."
    return "Send an SMS to your number, or wait for the next ones."


def verdict_of(card: Card) -> tuple[str, str]:
    """The tone and the sentence of a score."""
    if not card.messages:
        return "", "No message got the fault."
    if card.waiting:
        return "", f"{_count(card.waiting, 'message')} still in progress."
    if card.lost:
        return "bad", f"{_count(card.lost, 'message')} of {card.messages:,} lost: not accepted in time."
    delay = "" if card.delay_max_ms is None else f"; longest delay {ms_text(card.delay_max_ms)}"
    if card.retried and not card.recovered:
        return "ok", f"The primary accepted {'it' if card.messages == 1 else 'all of them'} at a later attempt{delay}."
    return "ok", f"Nothing lost{delay}."


def manner_words(step: DrillStep) -> tuple[str, str]:
    """What the provider did in a step of a series: the tone, and the sentence."""
    manner = step.manner
    if manner is None:
        return "", "No message arrived." if step.state is StepState.DONE else "Not yet."
    tries = "once" if manner.tries == 1 else f"{manner.tries} times"
    did = [f"called the primary {tries}"]
    if manner.gave_up_ms is not None:
        did.append(f"timed out after {ms_text(manner.gave_up_ms)}")
    if step.fault.kind is FaultKind.REDIRECT:
        did.append("followed the redirect" if manner.followed else "did not follow the redirect")
    if manner.fallback_ms is not None:
        method = "" if manner.fallback_method == manner.method else f" with {manner.fallback_method}"
        did.append(f"used the fallback{method} {ms_text(manner.fallback_ms)} after the first request")
    elif not manner.followed:
        did.append(f"did not use the fallback within {WATCHED_S} s")
    *first, last = did
    tone = "warn" if manner.fallback_ms is None and not manner.followed else "ok"
    return tone, f"It {', '.join(first)} and {last}." if first else f"It {last}."


def conclusions(drill: Drill) -> list[tuple[str, str]]:
    """The measured behaviour of the provider, as names and values; only what was observed."""
    seen = [step for step in drill.steps if step.manner is not None]
    found: list[tuple[str, str]] = []
    held = next((step.manner for step in seen if step.fault.kind is FaultKind.HOLD), None)
    if held is not None:
        gave_up = held.gave_up_ms
        waits = f"longer than {seen[-1].fault.seconds:g} s" if gave_up is None else ms_text(gave_up)
        found.append(("Timeout", waits))
    tries = sorted({step.manner.tries for step in seen if step.manner is not None})
    if tries:
        found.append(
            ("Attempts on the primary", " to ".join(str(number) for number in dict.fromkeys((tries[0], tries[-1]))))
        )
    for is_used, name in (
        (True, "Uses the fallback when the primary"),
        (False, "Does not use the fallback when the primary"),
    ):
        titles = [step.title for step in seen if step.manner and (step.manner.fallback_ms is not None) is is_used]
        if titles:
            found.append((name, ", ".join(titles)))
    methods = sorted({m.fallback_method for step in seen if (m := step.manner) and m.fallback_method})
    if methods:
        found.append(("Calls the fallback with", ", ".join(methods)))
    return found


def report_of(drill: Drill, bin: Bin) -> str:
    """The whole drill as Markdown, without URLs and phone numbers."""
    lines = [
        f"# {title_of(drill)}: {bin.name}",
        "",
        f"{drill.started_at:%Y-%m-%d %H:%M:%S} UTC, on the {drill.role} URL, {state_of(drill)}.",
        "",
    ]
    if drill.measuring:
        lines += [f"- {name}: {value}" for name, value in conclusions(drill)]
        lines += ["", "| The primary … | What the provider did |", "|---|---|"]
        lines += [f"| {step.title} | {manner_words(step)[1]} |" for step in drill.steps]
    else:
        lines += [verdict_of(drill.card)[1], "", "| | |", "|---|---|"]
        lines += [f"| {name} | {value} |" for name, value in figures(drill.card)]
    return "\n".join(lines) + "\n"


def figures(card: Card) -> list[tuple[str, str]]:
    """A score as names and values."""
    found = [
        ("Messages that got the fault", f"{card.messages:,}"),
        ("Recovered by the fallback", f"{card.recovered:,}"),
        ("Recovered by the primary", f"{card.retried:,}"),
        ("Lost", f"{card.lost:,}"),
        ("Accepted more than once", f"{card.duplicates:,}"),
    ]
    if card.delay_p50_ms is not None and card.delay_max_ms is not None:
        found += [
            ("Median delay", ms_text(card.delay_p50_ms)),
            ("Longest delay", ms_text(card.delay_max_ms)),
        ]
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
