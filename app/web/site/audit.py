"""Which requests are in the audit log, and when their entries are written.

Each route has an action, or the reason why it has none (`web/routes/`). The entry of a request is written with the
first write of its handler, still without a result, so that no change is on the disk without its entry. The result is
written before the response is sent. Handlers need to do nothing; they may add the names of what they change.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiohttp import web

from ... import clock, keys
from ...domain.access import AccessToken, CallerKind
from ...domain.audit import MAX_FACTS, AuditEntry, AuditResult, fact, result_of
from ...domain.bins import Bin
from ...store.audit import Attachment
from .urls import server_address

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACTIONS: Final = web.AppKey("ACTIONS", dict[web.AbstractRoute, str])
"""The action of each route that is in the audit log."""
SIGN_IN = "session.sign-in"
# Parts of a path that name what is changed. The others may be captured data.
_NAMING = ("id", "role", "label", "tool", "name")


@dataclass(slots=True, kw_only=True)
class RequestEntry:
    """The entry of a request that is being handled."""

    id: str
    at: datetime
    action: str
    bin: str | None = None
    bin_name: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    attachment: Attachment | None = None
    status: int | None = None
    """Instead of that of the response."""
    is_left_out: bool = False
    is_done: bool = False


DRAFT: Final = web.RequestKey("DRAFT", RequestEntry)


def note(request: web.Request, **facts: str | int | None) -> None:
    """Add names of what the request changes to its entry: never a secret, a text or a body. None is passed over."""
    draft = request.get(DRAFT)
    if draft is None:
        return
    for name, value in facts.items():
        if value is not None and (name in draft.facts or len(draft.facts) < MAX_FACTS):
            draft.facts[name] = fact(value)


def note_bin(request: web.Request, bin: Bin) -> None:
    """The bin that the request made, or its new name."""
    draft = request.get(DRAFT)
    if draft is not None:
        draft.bin = bin.id
        if draft.bin_name is None:
            draft.bin_name = fact(bin.name)
        elif draft.bin_name != fact(bin.name):
            note(request, name=bin.name)


def note_token(request: web.Request, token: AccessToken) -> None:
    """The named token that the request made or revoked."""
    note(request, id=token.id, name=token.name, role=token.role.value)


def act_as(request: web.Request, action: str) -> None:
    """For a form with several buttons: what it really does."""
    draft = request.get(DRAFT)
    if draft is not None:
        draft.action = action


def leave_out(request: web.Request) -> None:
    """For a form with several buttons: this one changes nothing. What was written has an entry nevertheless."""
    draft = request.get(DRAFT)
    if draft is not None:
        draft.is_left_out = True


@web.middleware
async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write the result of a request before its response is sent. Outside of the middleware that makes responses of
    errors, so that what was refused has its status."""
    action = request.app[ACTIONS].get(request.match_info.route)
    if action is not None and request.method != "HEAD":
        request[DRAFT] = RequestEntry(id=clock.new_nonce(), at=clock.now(), action=action)
        _name_parts(request, request[DRAFT])
    try:
        response = await handler(request)
    except web.HTTPException as error:
        await _finish(request, error.status)
        raise
    await _finish(request, response.status)
    return response


async def record_before_sending(request: web.Request, response: web.StreamResponse) -> None:
    """The same for a response that is streamed, before its first byte. For the signal `on_response_prepare`."""
    await _finish(request, response.status)


@asynccontextmanager
async def recorded(request: web.Request) -> AsyncIterator[None]:
    """A context for the handler: its first write is committed together with the entry. The caller is known here."""
    draft = request.get(DRAFT)
    if draft is None:
        yield
        return
    with request.app[keys.AUDIT_LOG].attached(_entry(request, draft, None)) as draft.attachment:
        yield


def wrong_credential(request: web.Request) -> None:
    """The request has a token that is not valid: a failed sign-in, whatever it wants."""
    if DRAFT in request and request[DRAFT].action == SIGN_IN:
        return
    request[DRAFT] = RequestEntry(id=clock.new_nonce(), at=clock.now(), action=SIGN_IN, status=401)


async def _finish(request: web.Request, status: int) -> None:
    draft = request.get(DRAFT)
    if draft is None or draft.is_done:
        return
    draft.is_done = True
    is_written = draft.attachment is not None and draft.attachment.is_written
    is_unknown = keys.CALLER not in request and draft.action != SIGN_IN
    if not is_written and (draft.is_left_out or is_unknown):
        return
    log = request.app[keys.AUDIT_LOG]
    entry = _entry(request, draft, draft.status or status)
    if is_written or (request.method != "GET" and entry.result is AuditResult.DONE):
        await log.add(entry)
    else:
        await log.combine(entry)


def _name_parts(request: web.Request, draft: RequestEntry) -> None:
    parts = request.match_info
    for name in _NAMING:
        note(request, **{name: parts.get(name)})
    if "n" in parts:
        note(request, n=int(parts["n"]))
    bin = request.app[keys.KEYRING].named(parts.get("bin", ""))
    if bin is not None:
        draft.bin, draft.bin_name = bin.id, fact(bin.name)


def _entry(request: web.Request, draft: RequestEntry, status: int | None) -> AuditEntry:
    caller = request.get(keys.CALLER)
    via = "" if caller is None else caller.kind.value
    return AuditEntry(
        id=draft.id,
        at=draft.at,
        last_at=draft.at,
        who=None if caller is None else caller.name,
        # Who signs in has shown a token, but it is a browser.
        via=CallerKind.SESSION.value if via and draft.action == SIGN_IN else via,
        peer=server_address(request).peer,
        action=draft.action,
        bin=draft.bin,
        bin_name=draft.bin_name,
        facts=dict(draft.facts),
        status=status,
        result=None if status is None else result_of(status),
    )
