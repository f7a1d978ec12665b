"""The secrets with which smsbin signs what it sends: sealed in the store, opened in memory."""

import base64

from .. import clock
from ..signatures.sealing import NONCE_BYTES, CannotOpen, seal, unseal
from ..tasks import run_in_thread
from .secrets import Secrets

SECRET_BYTES = 24
"""Random bytes of a secret."""


class SealedSecrets:
    """By the id of what is signed with it. Use from one event loop only."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        # As it is stored, and opened.
        self._opened: dict[str, tuple[str, str | None]] = {}

    def of(self, id: str) -> str | None:
        """The secret that was opened last; None: there is none, or it cannot be opened."""
        return self._opened.get(id, ("", None))[1]

    def forget(self, id: str) -> None:
        """It is not used any more."""
        self._opened.pop(id, None)

    async def open(self, id: str, sealed: str | None) -> str | None:
        """The secret, which is opened if it is another one than before; None: there is none, or it cannot be opened."""
        if sealed is None:
            self.forget(id)
            return None
        known = self._opened.get(id)
        if known is not None and known[0] == sealed:
            return known[1]
        try:
            secret = await run_in_thread(unseal, sealed, id, self._secrets.context.secrets_key)
        except CannotOpen:
            secret = None
        self._opened[id] = (sealed, secret)
        return secret

    async def make(self, id: str) -> str:
        """A new secret as it is stored."""
        secret = "whsec_" + base64.b64encode(clock.new_bytes(SECRET_BYTES)).decode()
        nonce = clock.new_bytes(NONCE_BYTES)
        return await run_in_thread(seal, secret, id, self._secrets.context.secrets_key, nonce)
