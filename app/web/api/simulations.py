"""Simulations for programs: start one, watch it, stop it."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from ... import clock, keys
from ...domain.bins import PROVIDER_TITLES, Bin
from ...domain.captures import Role
from ...domain.simulation import (
    MOST_A_SECOND,
    MOST_ABROAD_A_SECOND,
    MOST_MESSAGES,
    SimulationWish,
    Targets,
    Trouble,
    What,
)
from ...egress import check_target
from ...errors import Invalid
from ...providers import PROVIDERS
from ...services.simulating import Run
from ..urls import capture_url, place_of, public_root
from .bins import answer
from .inputs import read_object, read_query
from .simulation_shapes import SimulationList, show_run

FIELDS = (
    "provider", "what", "from", "to", "text", "media", "count", "rate", "seed", "trouble", "failed_share", "speed",
    "targets", "played_by",
)  # fmt: skip
TARGETS = ("primary", "fallback", "status")


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    fields = await read_object(request, FIELDS)
    run = start(request, bin, fields)
    location = f"{place_of(request).base}/api/v1/bins/{bin.id}/simulations/{run.id}"
    return answer(show_run(run, with_mark=fields.get("played_by") == "client"), 202, {"Location": location})


async def index(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations"""
    read_query(request)
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return answer(SimulationList([show_run(run) for run in request.app[keys.SIMULATING].of_bin(bin.id)], None))


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/bins/{bin}/simulations/{id}"""
    read_query(request)
    return answer(show_run(await _run(request)))


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /api/v1/bins/{bin}/simulations/{id}: stop it; what was sent stays."""
    read_query(request)
    await request.app[keys.SIMULATING].stop(await _run(request))
    return web.Response(status=204)


def start(request: web.Request, bin: Bin, fields: dict[str, Any]) -> Run:
    """Begin a run as it was asked for. Invalid names every field that is wrong; Conflict."""
    simulating = request.app[keys.SIMULATING]
    wish = read_wish(fields)
    own = own_targets(fields.get("targets"))
    if fields.get("played_by", "server") not in ("server", "client"):
        raise Invalid(("played_by", "must be server or client"))
    if fields.get("played_by") == "client":
        return simulating.announce(bin.id, wish)
    if own is None:
        return simulating.begin(bin.id, wish, targets_of(request, bin, wish.what))
    if wish.rate > MOST_ABROAD_A_SECOND:
        raise Invalid(("rate", f"must be at most {MOST_ABROAD_A_SECOND:g} a second to a URL of your own"))
    if not own:
        raise Invalid(("targets", f"must name at least one of {', '.join(TARGETS)}"))
    return simulating.begin(bin.id, wish, name_targets(own), request.app[keys.SETTINGS].allow_targets)


def targets_of(request: web.Request, bin: Bin, what: What) -> Targets:
    """The bin's own URLs, by the address under which this server hears itself; named as providers know them."""
    place = place_of(request)
    name = request.transport.get_extra_info("sockname") if request.transport else None
    host, port = (name[0], name[1]) if name else ("127.0.0.1", request.app[keys.SETTINGS].port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}{place.base}"
    voice = what is What.VOICE

    def under(root: str) -> Targets:
        return Targets(
            primary=capture_url(root, bin.key, Role.VOICE if voice else Role.PRIMARY),
            fallback=capture_url(root, bin.key, Role.VOICE_FALLBACK if voice else Role.FALLBACK),
            status=capture_url(root, bin.key, Role.STATUS),
        )

    return replace(under(here), named=under(public_root(request.app[keys.SETTINGS], place)))


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
        problems.append(("what", f"must be inbound or outbound: {PROVIDERS[said['provider']].title} has no calls here"))
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
            raise Invalid((f"targets.{name}", "must be an address or null"))
    return {name: check_target(f"targets.{name}", url) for name, url in said.items() if url}


async def _run(request: web.Request) -> Run:
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return request.app[keys.SIMULATING].find(bin.id, request.match_info["id"])


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
        raise ValueError("must be a number or a name of 1 to 40 characters, or null")
    return said


def _text(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or len(said) > 1_600 or not _is_whole(said):
        raise ValueError("must be a text of at most 1,600 characters, or null")
    return said


def _media(said: object) -> tuple[str, ...]:
    texts = said if isinstance(said, list) else [None]
    if len(texts) > 10 or not all(isinstance(one, str) and one.isprintable() and len(one) <= 2_000 for one in texts):
        raise ValueError("must be a list of at most 10 addresses")
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
            raise ValueError(f"must be a number above {above:g}, at most {highest:g}")
        return float(said)  # type: ignore[arg-type]

    return read


def _share(said: object) -> float:
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 <= said <= 1:
        raise ValueError("must be a share from 0 to 1")
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
