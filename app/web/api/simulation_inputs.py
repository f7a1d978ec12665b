"""What a caller says about a simulation: every field is read by its own reader, and every mistake is named at once."""

import math
from collections.abc import Callable
from typing import Any

from ... import clock
from ...domain.bins import PROVIDER_TITLES
from ...domain.simulation import MOST_A_SECOND, MOST_MESSAGES, SimulationWish, Targets, Trouble, What
from ...egress import check_target
from ...errors import Invalid
from ...providers import PROVIDERS

FIELDS = (
    "provider", "what", "from", "to", "text", "media", "count", "rate", "seed", "trouble", "failed_share", "speed",
    "targets", "played_by",
)  # fmt: skip
TARGETS = ("primary", "fallback", "status")


def read_wish(fields: dict[str, Any]) -> SimulationWish:
    """What shall be played. Invalid names every field that is wrong."""
    problems: list[tuple[str, str]] = []
    said: dict[str, Any] = {}
    for name, (field, read) in _READERS.items():
        if name in fields or name in ("provider", "what"):
            try:
                said[field] = read(fields.get(name))
            except ValueError as error:
                problems.append((name, str(error)))
    if not problems and said["what"] is What.VOICE and not PROVIDERS[said["provider"]].play.voice:
        problems.append(("what", f"must be inbound or outbound: {PROVIDERS[said['provider']].title} has no calls"))
    if problems:
        raise Invalid(*problems)
    # Another seed each time: the same one would send the same message ids again.
    said.setdefault("seed", int(clock.dice() * 1_000_000))
    return SimulationWish(**said)


def name_targets(urls: dict[str, str]) -> Targets:
    """URLs of the user's own, by their names."""
    return Targets(primary=urls.get("primary"), fallback=urls.get("fallback"), status=urls.get("status"))


def own_targets(said: object) -> dict[str, str] | None:
    """URLs of the user's own, as far as they were given; None: the bin's. Invalid."""
    if said is None:
        return None
    if not isinstance(said, dict) or any(name not in TARGETS for name in said):
        raise Invalid(("targets", f"must be an object of {', '.join(TARGETS)}"))
    for name, url in said.items():
        if url is not None and not isinstance(url, str):
            raise Invalid((f"targets.{name}", "must be a URL or null"))
    return {name: check_target(f"targets.{name}", url) for name, url in said.items() if url}


def _provider(said: object) -> str:
    if not isinstance(said, str) or said not in PROVIDERS:
        raise ValueError(f"must be one of {', '.join(PROVIDER_TITLES)}")
    return said


def _what(said: object) -> What:
    if not isinstance(said, str) or said not in set(What):
        raise ValueError(f"must be one of {', '.join(What)}")
    return What(said)


def _party(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or not 1 <= len(said) <= 40 or not said.isprintable():
        raise ValueError("must be a number or name of 1 to 40 characters, or null")
    return said


def _text(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or len(said) > 1_600 or not _is_whole(said):
        raise ValueError("must be a string of at most 1,600 characters, or null")
    return said


def _media(said: object) -> tuple[str, ...]:
    texts = said if isinstance(said, list) else [None]
    if len(texts) > 10 or not all(isinstance(one, str) and one.isprintable() and len(one) <= 2_000 for one in texts):
        raise ValueError("must be a list of at most 10 URLs")
    return tuple(texts)


def _whole(lowest: int, highest: int) -> Callable[[object], int]:
    def read(said: object) -> int:
        if not isinstance(said, int) or isinstance(said, bool) or not lowest <= said <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest:,}")
        return said

    return read


def _figure(above: float, highest: float) -> Callable[[object], float]:
    def read(said: object) -> float:
        is_number = isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said)
        if not is_number or not above < said <= highest:  # type: ignore[operator]
            raise ValueError(f"must be a number greater than {above:g} and at most {highest:g}")
        return float(said)  # type: ignore[arg-type]

    return read


def _share(said: object) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 <= said <= 1:
        raise ValueError("must be a number from 0 to 1")
    return float(said)


def _trouble(said: object) -> frozenset[Trouble]:
    if not isinstance(said, list) or any(one not in set(Trouble) for one in said if isinstance(one, str)):
        raise ValueError(f"must be a list of {', '.join(Trouble)}")
    if not all(isinstance(one, str) for one in said):
        raise ValueError(f"must be a list of {', '.join(Trouble)}")
    return frozenset(Trouble(one) for one in said)


def _is_whole(text: str) -> bool:
    """No half of a surrogate pair: it is no character, and cannot be sent."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


_READERS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "provider": ("provider", _provider),
    "what": ("what", _what),
    "from": ("sender", _party),
    "to": ("recipient", _party),
    "text": ("text", _text),
    "media": ("media", _media),
    "count": ("count", _whole(1, MOST_MESSAGES)),
    "rate": ("rate", _figure(0, MOST_A_SECOND)),
    "seed": ("seed", _whole(0, 2**53)),
    "trouble": ("trouble", _trouble),
    "failed_share": ("failed_share", _share),
    "speed": ("speed", _figure(0, 1_000)),
}
