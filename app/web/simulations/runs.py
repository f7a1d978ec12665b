"""Begins a simulation, to the bin's own URLs or to others."""

from dataclasses import replace

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.roles import Role
from ...domain.simulations import MAX_EXTERNAL_RATE, SimulationSpec, Targets, Traffic
from ...errors import Invalid
from ...services.simulations.runs import Run
from ...signatures.signer import Signer
from ..site.urls import capture_url, public_root, server_address
from .inputs import SimulationInput, TargetsInput


async def start(request: web.Request, bin: Bin, given: SimulationInput) -> Run:
    """Begin a run, or announce one that the client plays. Invalid, Conflict."""
    simulating = request.app[keys.SIMULATING]
    spec, own = given.simulation(), given.own_targets()
    if given.played_by == "client":
        run = simulating.announce(bin.id, spec)
        await request.app[keys.RUNS].publish(run)
        return run
    signer = await signer_of(request, bin, spec, is_own=own is not None)
    if own is None:
        return await _published(simulating.begin(bin.id, spec, targets_of(request, bin, spec.what), signer=signer))
    if spec.rate > MAX_EXTERNAL_RATE:
        raise Invalid(("rate", f"must be at most {MAX_EXTERNAL_RATE:g} per second to your own URL"))
    if own == Targets():
        raise Invalid(("targets", f"must name at least one of {', '.join(TargetsInput.__struct_fields__)}"))
    return await _published(simulating.begin(bin.id, spec, own, request.app[keys.SETTINGS].allow_targets, signer))


async def _published(run: Run) -> Run:
    """The next request of the user may reach another server, which must know the run."""
    await run.published.wait()
    return run


async def signer_of(request: web.Request, bin: Bin, spec: SimulationSpec, *, is_own: bool) -> Signer | None:
    """What signs the requests of a run, or None. Invalid."""
    # Without a public URL the bin sees the address by which this server reaches itself.
    names_url = is_own or request.app[keys.SETTINGS].public_url is not None
    return await request.app[keys.SECRETS].signer(bin.id, spec.provider, spec.sign, names_url=names_url)


def targets_of(request: web.Request, bin: Bin, what: Traffic) -> Targets:
    """The bin's own URLs, by an address under which this server reaches itself; `named`: as providers reach them."""
    server = server_address(request)
    name = request.transport.get_extra_info("sockname") if request.transport else None
    host, port = (name[0], name[1]) if name else ("127.0.0.1", request.app[keys.SETTINGS].port)
    here = f"http://{f'[{host}]' if ':' in host else host}:{port}{server.base}"
    voice = what is Traffic.VOICE

    def under(root: str) -> Targets:
        return Targets(
            primary=capture_url(root, bin.key, Role.VOICE if voice else Role.PRIMARY),
            fallback=capture_url(root, bin.key, Role.VOICE_FALLBACK if voice else Role.FALLBACK),
            status=capture_url(root, bin.key, Role.STATUS),
        )

    return replace(under(here), named=under(public_root(request.app[keys.SETTINGS], server)))
