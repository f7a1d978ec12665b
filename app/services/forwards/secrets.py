"""The secrets of forwards, opened: what their requests are signed with."""

import base64

from ... import clock
from ...domain.forwards.model import Forward, ForwardSignature, StoredForward
from ...signatures.sealing import NONCE_BYTES, CannotOpen, seal, unseal
from ...tasks import run_in_thread
from ..secrets import Secrets

SECRET_BYTES = 24
"""Random bytes of the secret of a forward."""


class ForwardSecrets:
    """Use from one event loop only. A secret that cannot be opened is None."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        # As it is stored, and opened, by the id of the forward.
        self._opened: dict[str, tuple[str, str | None]] = {}

    def of(self, forward_id: str) -> str | None:
        """The secret of a forward that was opened; None: it has none."""
        return self._opened.get(forward_id, ("", None))[1]

    def forget(self, forward_id: str) -> None:
        """The forward was deleted."""
        self._opened.pop(forward_id, None)

    async def open(self, stored: StoredForward) -> str | None:
        """The secret of a forward, which is opened if it is another one than before."""
        if stored.secret is None:
            self.forget(stored.id)
            return None
        known = self._opened.get(stored.id)
        if known is not None and known[0] == stored.secret:
            return known[1]
        try:
            secret = await run_in_thread(unseal, stored.secret, stored.id, self._secrets.context.secrets_key)
        except CannotOpen:
            secret = None
        self._opened[stored.id] = (stored.secret, secret)
        return secret

    async def make(self, forward: Forward, forward_id: str) -> str | None:
        """A new secret as it is stored; None: the forward needs none."""
        if forward.signature is not ForwardSignature.SMSBIN:
            return None
        secret = "whsec_" + base64.b64encode(clock.new_bytes(SECRET_BYTES)).decode()
        nonce = clock.new_bytes(NONCE_BYTES)
        return await run_in_thread(seal, secret, forward_id, self._secrets.context.secrets_key, nonce)
