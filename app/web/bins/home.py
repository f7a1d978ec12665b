"""Home: the bins, and the form that makes one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web

from ... import clock, keys
from ...domain.bins import Bin
from ...domain.captures import CaptureRow
from ...domain.volume import HOUR, TimeSpan, Volume, filled
from ...errors import Invalid, StoreUnavailable
from ...services import bins as service
from ...store import Store
from ..site.audit import note_bin
from ..site.bins import visible_bins
from ..site.convert import convert
from ..site.forms import go_back, read_form
from ..site.masking import masking_of
from ..site.templates import render, site_of, urls_of
from ..site.urls import server_address
from ..site.volume import VolumePicture, draw_volume
from .inputs import BinInput
from .page import raw_of

SHOWN = 200
# Bins that are shown with their last request; each costs one look-up by its key.
WITH_LAST = 30
# Hours of the small picture of each bin.
RECENT_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """`last` is the newest capture by bin, for the first few bins; `mappings` are the names of field mappings by bin,
    `recent` pictures of the last day.

    `form` and `problems` are the fields that were posted, and what was wrong with them.
    """

    bins: Sequence[Bin]
    addresses: dict[str, str]
    last: dict[str, CaptureRow]
    mappings: dict[str, str]
    recent: dict[str, VolumePicture]
    form: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


async def index(request: web.Request) -> web.StreamResponse:
    """GET /"""
    return await _home(request)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /bins: make a bin and redirect to it."""
    form = await read_form(request)
    try:
        fields = convert(raw_of(form), BinInput).fields()
        bin = await service.create(request.app[keys.STORE], request.app[keys.KEYRING], **fields)
        note_bin(request, bin)
    except Invalid as error:
        return await _home(request, form=form, problems=dict(error.problems), status=422)
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/bins/{bin.id}"})


async def confirm_time(request: web.Request) -> web.StreamResponse:
    """POST /retention/confirm: the clock is right, so captures expire again."""
    form = await read_form(request)
    request.app[keys.SWEEPING].confirm()
    return go_back(request, form, below="", otherwise="/")


async def _home(
    request: web.Request,
    *,
    form: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    bins = await visible_bins(request, limit=SHOWN)
    root = site_of(request).root
    addresses = {bin.id: next(iter(urls_of(root, bin).values())) for bin in bins}
    last = {}
    for bin in bins[:WITH_LAST]:
        for row in await request.app[keys.STORE].list_captures(bin.id, limit=1) if bin.captures else ():
            last[bin.id] = masking_of(request, bin.id).listed(row)
    found = ((bin.id, request.app[keys.MAPPINGS].of(bin.id)) for bin in bins)
    page = HomePage(
        bins=bins,
        addresses=addresses,
        last=last,
        mappings={bin_id: mapping.name for bin_id, mapping in found if mapping},
        recent=await _recent(request.app[keys.STORE], bins),
        form=form or {},
        problems=problems or {},
    )
    return render(request, "bins/index.html", page, status=status)


async def _recent(store: Store, bins: Sequence[Bin]) -> dict[str, VolumePicture]:
    """The volume of the last day of each bin that has captures; none while the ledger cannot be read."""
    span = TimeSpan.up_to(clock.now(), HOUR, RECENT_HOURS)
    try:
        found = await store.recent_counts([bin.id for bin in bins if bin.captures], span)
    except StoreUnavailable:
        return {}
    return {
        bin.id: draw_volume(Volume(span=span, counts=filled(span, found.get(bin.id, ()))))
        for bin in bins
        if bin.captures
    }
