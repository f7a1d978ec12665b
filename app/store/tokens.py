"""Named access tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ..domain.access import AccessToken


class TokenStore(Protocol):
    """Named access tokens. There are few of them."""

    async def add_token(self, token: AccessToken) -> None:
        """Store a token. Raises Conflict when its id, name or hash is taken."""

    async def list_tokens(self) -> Sequence[AccessToken]:
        """All tokens, oldest first, also expired ones."""

    async def touch_token(self, token_id: str, used_at: datetime) -> None:
        """Record when a token was last used."""

    async def drop_token(self, token_id: str) -> None:
        """Delete a token with the sessions that it opened. An unknown one is ignored."""
