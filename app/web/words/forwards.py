"""Words of pages for forwards, and for captures with them."""

from collections.abc import Callable, Mapping, Sequence

from ...domain.forwards.model import DispatchState, ForwardHealth, ForwardState
from ...domain.replays import Trigger
from ...services.forwards.shown import ShownDispatch

FORWARD_STATES = {
    ForwardState.ON: ("check", "ok", "sending", "sends"),
    ForwardState.PAUSED: ("pause", "warn", "paused", "is paused"),
    ForwardState.RESTING: ("bang", "warn", "target resting", "holds requests"),
    ForwardState.OFF: ("x", "bad", "off", "is off"),
}
"""Icon, colour and words of each state of a forward, and the words after its name."""

TRIGGER_TITLES = {
    Trigger.FIRST: "first try",
    Trigger.RETRY: "tried again",
    Trigger.MANUAL: "by a user",
    Trigger.BULK: "with all that failed",
    Trigger.RESUME: "after a pause",
    Trigger.PROBE: "to see if the target works",
    Trigger.WIRETAP: "while the provider waited",
}
"""Why an attempt was made."""

_LOOKS = {
    DispatchState.DELIVERED: ("check", "ok"),
    DispatchState.REJECTED: ("x", "bad"),
    DispatchState.EXHAUSTED: ("x", "bad"),
    DispatchState.RETRYING: ("bang", "warn"),
    DispatchState.HELD: ("pause", "warn"),
}
_WORDS = {
    DispatchState.DELIVERED: "forwarded",
    DispatchState.WAITING: "forward waits",
    DispatchState.IN_FLIGHT: "forwarding",
    DispatchState.EXHAUSTED: "forward failed",
}
# A row has little space. Why a target rests is in the notice of the page.
_STOPPED = {ForwardState.PAUSED: "forward paused", ForwardState.OFF: "forward off"}
_WORST_FIRST = (
    DispatchState.EXHAUSTED, DispatchState.REJECTED, DispatchState.RETRYING, DispatchState.HELD, DispatchState.WAITING,
    DispatchState.IN_FLIGHT, DispatchState.DELIVERED,
)  # fmt: skip


def worst_dispatch(dispatches: Sequence[ShownDispatch]) -> ShownDispatch:
    """The one that a user should know of first. There must be one."""
    return min(dispatches, key=lambda shown: _WORST_FIRST.index(shown.state))


def dispatch_look(shown: ShownDispatch) -> tuple[str, str]:
    """Icon and colour of a capture with a forward; "" for none."""
    return _LOOKS.get(shown.state, ("away", ""))


def dispatch_text(shown: ShownDispatch) -> str:
    """The same in a few words."""
    last = "no answer" if shown.status is None else str(shown.status)
    match shown.state:
        case DispatchState.RETRYING:
            return f"forward failed ({last}), tries again"
        case DispatchState.REJECTED:
            return f"forward rejected ({last})"
        case DispatchState.HELD:
            return _STOPPED.get(shown.forward.health.state, "forward held")
        case state:
            return _WORDS[state]


def trouble_text(health: ForwardHealth) -> str | None:
    """Why a forward does not send as usual, in a sentence; None while it does, or if a user has paused it."""
    match health.state:
        case ForwardState.RESTING:
            last = f", the last time with: {health.error}" if health.error else ""
            return (
                f"The target failed {health.failures} times in a row{last}. It gets a single request from time to time;"
                " the others are held, and sent as soon as it works."
            )
        case ForwardState.OFF | ForwardState.PAUSED:
            return health.reason
        case ForwardState.ON:
            return None


FORWARD_FILTERS: Mapping[str, Callable[..., object]] = {
    "forward_trouble": trouble_text,
    "dispatch_look": dispatch_look,
    "dispatch_text": dispatch_text,
    "worst_dispatch": worst_dispatch,
}
"""These functions as filters of templates."""
