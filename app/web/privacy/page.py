"""The section *Privacy* of a bin's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.curl import SECRET_HEADERS
from ...domain.privacy import Privacy
from ...errors import Invalid
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from .inputs import LISTS, PrivacyInput, raw_of

ALWAYS_MASKED = tuple(sorted(name.decode().title() for name in SECRET_HEADERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyPage:
    """The form: `lists` are the texts of its boxes, a name on each line, and `problems` what is wrong with them."""

    bin: Bin
    mask: bool
    lists: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    saved: bool = False
    always: tuple[str, ...] = ALWAYS_MASKED


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/privacy"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    privacy = request.app[keys.PRIVACY].of(bin.id)
    page = PrivacyPage(bin=bin, mask=privacy.mask, lists=_lists(privacy), saved="saved" in request.query)
    return render(request, "privacy/index.html", page)


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/privacy"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    form = await read_form(request)
    try:
        privacy = convert(raw_of(form), PrivacyInput).privacy()
    except Invalid as error:
        lists = {name: form.get(name, "") for name in LISTS}
        page = PrivacyPage(bin=bin, mask="mask" in form, lists=lists, problems=dict(error.problems))
        return render(request, "privacy/index.html", page, status=422)
    await request.app[keys.PRIVACY].set(bin.id, privacy)
    where = f"{server_address(request).base}/bins/{bin.id}/privacy?saved"
    return web.Response(status=303, headers={"Location": where})


def _lists(privacy: Privacy) -> dict[str, str]:
    return {name: "\n".join(getattr(privacy, name)) for name in LISTS}
