"""The annotation of an open capture: shown, and changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from ... import keys
from ...domain.annotations import Annotation
from ...errors import Invalid
from ...services import selections as service
from ...services.selections import Selection
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from .inputs import AnnotationInput, raw_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationPage:
    """The annotation of a capture; after an error the posted form and its problems."""

    bin_id: str
    n: int
    annotation: Annotation
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/captures/{n}/annotation: an HTML fragment."""
    return render(request, "annotations/_alone.html", await _read(request))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/captures/{n}/annotation: the fragment for the script, else the page of the capture."""
    page = await _read(request)
    form = await read_form(request)
    is_script = request.headers.get("X-Partial") == "annotation"
    try:
        change = convert(raw_of(form, page.annotation), AnnotationInput).change()
    except Invalid as error:
        if not is_script:
            raise
        page = AnnotationPage(
            bin_id=page.bin_id, n=page.n, annotation=page.annotation, given=form, problems=dict(error.problems)
        )
        return render(request, "annotations/_alone.html", page, status=422)
    app = request.app
    await service.annotate(app[keys.STORE], app[keys.HUB], page.bin_id, Selection(numbers=[page.n]), change)
    if is_script:
        return render(request, "annotations/_alone.html", await _read(request))
    where = f"{server_address(request).base}/bins/{page.bin_id}/captures/{page.n}"
    return web.Response(status=303, headers={"Location": where})


async def _read(request: web.Request) -> AnnotationPage:
    bin_id, n = request.match_info["bin"], int(request.match_info["n"])
    capture = await request.app[keys.STORE].get_capture(bin_id, n)
    return AnnotationPage(bin_id=bin_id, n=n, annotation=capture.row.annotation)
