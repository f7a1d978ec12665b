"""The JSON of sessions; the OpenAPI document's components are generated from these types."""

from typing import Annotated

import msgspec
from msgspec import Meta

from ...domain.access import AccessRole
from ...domain.units import rfc3339
from ...services.access import SignedIn
from ..site.shapes import Time


class SessionShape(msgspec.Struct):
    """A signed-in browser. `last_used_at` is up to five minutes late."""

    id: str
    token: Annotated[str, Meta(description="The name of the token that signed in.")]
    role: AccessRole
    peer: Annotated[str, Meta(description="The address at sign-in.")]
    agent: Annotated[str, Meta(description="The User-Agent at sign-in.")]
    created_at: Time
    last_used_at: Time
    current: Annotated[bool, Meta(description="Whether it is the session of this call.")]


class SessionList(msgspec.Struct):
    """The sessions, the last used first."""

    items: list[SessionShape]


def show_session(signed_in: SignedIn, current: str | None) -> SessionShape:
    """One session. `current` is the id of the session of the call."""
    session = signed_in.session
    return SessionShape(
        id=session.id,
        token=signed_in.token.name,
        role=signed_in.token.role,
        peer=session.peer,
        agent=session.agent,
        created_at=rfc3339(session.created_at),
        last_used_at=rfc3339(session.seen_at),
        current=session.id == current,
    )
