"""The page *Tokens* of the server's settings: the tokens, and a form that creates one and shows it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ... import clock, keys
from ...domain.access import AccessRole, AccessToken
from ...domain.bins import Bin
from ...errors import Invalid
from ...services.access import FIRST_NAME
from ...services.tokens import MOST_BINS, MOST_NAME
from ..site.audit import note_token
from ..site.bins import all_visible_bins
from ..site.convert import convert
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address
from .inputs import TokenInput

# The name of the box of a bin in the form is this with its id.
BIN_FIELD = "bin-"
# A box for each bin, and the other fields.
MOST_FIELDS = MOST_BINS + 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token as the table shows it. `bins` are the names of its bins, None: all; `gone` of them were deleted."""

    token: AccessToken
    bins: Sequence[str] | None
    gone: int
    has_expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensPage:
    """The tokens, and the posted form with its problems. `made` is the text of a new token, which is shown once."""

    tokens: Sequence[TokenRow]
    bins: Sequence[Bin]
    first_name: str
    most_name: int
    form: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    made: str = ""
    made_name: str = ""
    revoked: bool = False


async def index(request: web.Request) -> web.StreamResponse:
    """GET /settings/tokens"""
    return await _page(request, revoked="revoked" in request.query)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /settings/tokens: the response shows the token, which no other page does."""
    form = await read_form(request, most=MOST_FIELDS)
    raw: dict[str, object] = {
        "name": form.get("name", "").strip(),
        "role": form.get("role", AccessRole.READ),
        "bins": None if form.get("which", "all") == "all" else _chosen(form),
        "expires_in": form.get("expires_in") or None,
    }
    try:
        given = convert(raw, TokenInput)
        token, text = await request.app[keys.ACCESS].tokens.add(
            name=given.name, role=given.role, bins=given.bins, expires_in=given.time
        )
    except Invalid as error:
        return await _page(request, form=form, problems=dict(error.problems), status=422)
    note_token(request, token)
    return await _page(request, made=text, made_name=token.name)


async def revoke(request: web.Request) -> web.StreamResponse:
    """POST /settings/tokens/{id}/revoke"""
    note_token(request, await request.app[keys.ACCESS].revoke(request.match_info["id"]))
    return web.Response(status=303, headers={"Location": f"{server_address(request).base}/settings/tokens?revoked"})


def _chosen(form: Mapping[str, str]) -> list[str]:
    return [name.removeprefix(BIN_FIELD) for name in form if name.startswith(BIN_FIELD)]


async def _page(request: web.Request, *, status: int = 200, **more: Any) -> web.Response:
    bins = sorted(await all_visible_bins(request), key=lambda found: found.name.casefold())
    names = {bin.id: bin.name for bin in bins}
    tokens = request.app[keys.ACCESS].tokens
    await tokens.refresh()
    page = TokensPage(
        tokens=[_row(token, names) for token in tokens.all],
        bins=bins[:MOST_BINS],
        first_name=FIRST_NAME,
        most_name=MOST_NAME,
        **more,
    )
    return render(request, "tokens/index.html", page, status=status)


def _row(token: AccessToken, names: Mapping[str, str]) -> TokenRow:
    bins = None if token.bins is None else sorted(names[bin_id] for bin_id in token.bins if bin_id in names)
    gone = 0 if token.bins is None or bins is None else len(token.bins) - len(bins)
    return TokenRow(token=token, bins=bins, gone=gone, has_expired=token.has_expired(clock.now()))
