"""The section *Signatures* of a bin's settings: its secrets by label, and a form that stores one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from ... import keys
from ...domain.bins import Bin
from ...domain.providers import PROVIDER_TITLES
from ...domain.reader import SigningSecret
from ...errors import Invalid
from ...services.secrets import MOST_SECRETS
from ...signatures.model import Scheme
from ...signatures.schemes import SCHEMES, scheme_of, schemes_for
from ...signatures.sealing import is_sealed
from ...signatures.stored import CERTIFICATES, open_secrets
from ...store import LedgerStatus
from ...tasks import run_in_thread
from ..site.audit import note
from ..site.forms import read_form
from ..site.templates import render
from ..site.urls import server_address

# The newest requests, whose providers are those that people enter secrets for.
LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRow:
    """A stored secret. `is_locked`: it was encrypted with another key, so it is not used."""

    label: str
    title: str
    hash: str
    added_at: datetime
    is_sealed: bool
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturesPage:
    """The secrets of a bin, and the posted form with its problems. `likely` are the schemes of the providers that the
    bin has requests of. The posted secret is not part of the form."""

    bin: Bin
    secrets: Sequence[SecretRow]
    most: int
    schemes: Sequence[Scheme]
    likely: Sequence[Scheme]
    has_key: bool
    rereading: LedgerStatus
    form: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    saved: str = ""


async def index(request: web.Request) -> web.StreamResponse:
    """GET /bins/{bin}/signatures"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    return await _page(request, bin, saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/signatures"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    form = await read_form(request)
    label, scheme, secret = form.get("label", "").strip(), form.get("scheme") or None, form.get("secret", "").strip()
    note(request, label=label, scheme=scheme)
    try:
        await request.app[keys.SECRETS].set(bin.id, label, scheme, secret)
    except Invalid as error:
        # The secret is not sent back: it would be in the page.
        again = {"label": label, "scheme": scheme or ""}
        return await _page(request, bin, form=again, problems=dict(error.problems), status=422)
    return _back(request, bin, "stored")


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /bins/{bin}/signatures/remove"""
    bin = await request.app[keys.STORE].get_bin(request.match_info["bin"])
    label = (await read_form(request)).get("label", "")
    note(request, label=label)
    await request.app[keys.SECRETS].drop(bin.id, label)
    return _back(request, bin, "removed")


async def _page(request: web.Request, bin: Bin, *, status: int = 200, **more: Any) -> web.Response:
    store, secrets = request.app[keys.STORE], request.app[keys.SECRETS]
    stored = await secrets.of(bin.id)
    rows = await store.list_captures(bin.id, limit=LOOKED_AT)
    providers = dict.fromkeys(filter(None, [bin.provider, *(row.reading.provider for row in rows)]))
    page = SignaturesPage(
        bin=bin,
        secrets=await run_in_thread(_rows, stored, secrets.context.secrets_key),
        most=MOST_SECRETS,
        schemes=SCHEMES,
        likely=tuple(dict.fromkeys(scheme for provider in providers for scheme in schemes_for(provider))),
        has_key=secrets.context.secrets_key is not None,
        rereading=await store.rereading(bin.id),
        **more,
    )
    return render(request, "secrets/index.html", page, status=status)


def _rows(stored: tuple[SigningSecret, ...], key: str | None) -> tuple[SecretRow, ...]:
    locked = open_secrets(stored, key).locked
    return tuple(
        SecretRow(
            label=each.label,
            title=_title(each.scheme),
            hash=each.hash,
            added_at=each.added_at,
            is_sealed=is_sealed(each.secret),
            is_locked=each.label in locked,
        )
        for each in stored
    )


def _title(name: str | None) -> str:
    if name == CERTIFICATES:
        return "Certificate of AWS"
    if name is None:
        return "Any signature"
    scheme = scheme_of(name)
    title = PROVIDER_TITLES.get(name, name) if scheme is None else scheme.title
    return title[0].upper() + title[1:]


def _back(request: web.Request, bin: Bin, what: str) -> web.Response:
    where = f"{server_address(request).base}/bins/{bin.id}/signatures?saved={what}"
    return web.Response(status=303, headers={"Location": where})
