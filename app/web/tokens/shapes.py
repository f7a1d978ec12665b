"""The JSON of tokens; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ... import clock
from ...domain.access import AccessRole, AccessToken
from ...domain.units import rfc3339
from ..site.shapes import Time


class TokenShape(msgspec.Struct, kw_only=True):
    """A named token, without its text. `last_used_at` is up to five minutes late."""

    id: str
    name: str
    role: AccessRole
    bins: Annotated[list[str] | None, Meta(description="null: all bins.")]
    created_at: Time
    expires_at: Time | None
    expired: bool
    last_used_at: Time | None


class NewTokenShape(TokenShape, kw_only=True):
    """A new token, with its text."""

    token: Annotated[str, Meta(description="Only in this response: smsbin stores a hash.", examples=["smsbin_…"])]


class TokenList(msgspec.Struct):
    """All named tokens, oldest first."""

    items: list[TokenShape]


def show_token(token: AccessToken) -> TokenShape:
    """One token."""
    return TokenShape(**_facts(token))


def show_new_token(token: AccessToken, text: str) -> NewTokenShape:
    """A token with its text."""
    return NewTokenShape(**_facts(token), token=text)


def show_tokens(tokens: Sequence[AccessToken]) -> TokenList:
    """All of them."""
    return TokenList([show_token(token) for token in tokens])


def _facts(token: AccessToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "bins": None if token.bins is None else sorted(token.bins),
        "created_at": rfc3339(token.made_at),
        "expires_at": None if token.expires_at is None else rfc3339(token.expires_at),
        "expired": token.has_expired(clock.now()),
        "last_used_at": None if token.used_at is None else rfc3339(token.used_at),
    }
