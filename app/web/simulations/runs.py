"""Begin a simulation as a form or a call wants it, to the bin's own URLs or to others."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...domain.simulations import MAX_EXTERNAL_RATE, Targets, Traffic
from ...errors import Invalid
from ...services.simulations.runs import Run
from ..site.urls import capture_url, place_of, public_root
from .inputs import TARGETS, name_targets, own_targets, read_wish


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
    if wish.rate > MAX_EXTERNAL_RATE:
        raise Invalid(("rate", f"must be at most {MAX_EXTERNAL_RATE:g} a second to a URL of your own"))
    if not own:
        raise Invalid(("targets", f"must name at least one of {', '.join(TARGETS)}"))
    return simulating.begin(bin.id, wish, name_targets(own), request.app[keys.SETTINGS].allow_targets)


def targets_of(request: web.Request, bin: Bin, what: Traffic) -> Targets:
    """The bin's own URLs, by the address under which this server hears itself; named as providers know them."""
    place = place_of(request)
    name = request.transport.get_extra_info("sockname") if request.transport else None
    host, port = (name[0], name[1]) if name else ("127.0.0.1", request.app[keys.SETTINGS].port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}{place.base}"
    voice = what is Traffic.VOICE

    def under(root: str) -> Targets:
        return Targets(
            primary=capture_url(root, bin.key, Role.VOICE if voice else Role.PRIMARY),
            fallback=capture_url(root, bin.key, Role.VOICE_FALLBACK if voice else Role.FALLBACK),
            status=capture_url(root, bin.key, Role.STATUS),
        )

    return replace(under(here), named=under(public_root(request.app[keys.SETTINGS], place)))
