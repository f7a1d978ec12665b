"""The signing secrets of bins: stored, encrypted where there is a key, used for verdicts, and never given back."""

import asyncio
import re
from collections.abc import Sequence

from .. import clock
from ..domain.captures import Capture
from ..domain.reader import ReaderContext, SigningSecret
from ..domain.signatures import Judgement, Signing
from ..egress import Network, open_sender
from ..errors import Conflict, Invalid
from ..live.hub import Hub
from ..signatures.explaining import Diagnosis
from ..signatures.pasted import PastedResult
from ..signatures.schemes import SCHEMES
from ..signatures.sealing import NONCE_BYTES, seal, secret_hash
from ..signatures.signer import Signer, choose_signer
from ..signatures.stored import CERTIFICATES, diagnose_stored, explain_stored, judge_stored, open_secrets
from ..store import Store
from ..tasks import run_in_thread
from .large import work_on
from .rereading import wait_until_reread

MOST_SECRETS = 20
"""Secrets of one bin."""
MOST_SECRET = 4_096
"""Bytes of a secret or a certificate."""
MOST_LABEL = 100
"""Characters of a label that is no URL of a certificate."""
MOST_URL = 500
FETCH_S = 10.0

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def scheme_names() -> tuple[str, ...]:
    """The names that a secret may have as its scheme: of schemes, of their methods, and of providers that sign."""
    names = [name for scheme in SCHEMES for name in (scheme.name, *scheme.methods, *sorted(scheme.providers))]
    return tuple(dict.fromkeys(names))


def named_schemes() -> str:
    """The names in words, without each form of HMAC."""
    return (
        ", ".join(name for name in scheme_names() if not name.startswith("hmac:")) + ", or hmac:sha256:hex:body:text …"
    )


class Secrets:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, store: Store, hub: Hub, context: ReaderContext, allowed: Sequence[Network | str] = ()) -> None:
        self._store = store
        self._hub = hub
        self._allowed = allowed
        self._setting = asyncio.Lock()
        self.context = context

    async def of(self, bin_id: str) -> tuple[SigningSecret, ...]:
        """The secrets of a bin as they are stored, oldest first. Raises NotFound."""
        return (await self._store.get_reader_settings(bin_id)).secrets

    async def set(self, bin_id: str, label: str, scheme: str | None, secret: str) -> SigningSecret:
        """Add a secret, or replace the one with the same label. Captures of the bin get their new verdicts; waits a
        little until they have. Raises NotFound, Invalid."""
        problems = _problems(label, scheme, secret)
        if problems:
            raise Invalid(*problems)
        # So that two calls at one time cannot exceed the limit.
        async with self._setting:
            there = {each.label for each in await self.of(bin_id)}
            if label not in there and len(there) >= MOST_SECRETS:
                raise Invalid(("label", f"is one too many: a bin has at most {MOST_SECRETS} secrets; remove one"))
            stored, hash = await run_in_thread(self._prepare, bin_id, label, secret)
            new = SigningSecret(label=label, scheme=scheme, secret=stored, hash=hash, added_at=clock.now())
            await self._store.set_secret(bin_id, new)
        await self._reread(bin_id)
        return new

    async def drop(self, bin_id: str, label: str) -> None:
        """Remove a secret. Raises NotFound."""
        await self._store.drop_secret(bin_id, label)
        await self._reread(bin_id)

    async def judge(self, bin_id: str, capture: Capture) -> Judgement:
        """The verdict about a capture with the secrets of its bin as they are now. Raises NotFound."""
        stored = await self.of(bin_id)
        raw, provider = capture.raw, capture.row.reading.provider
        if stored:
            # A signature that fits nothing takes several milliseconds for each secret.
            return await run_in_thread(judge_stored, raw, provider, stored, self.context)
        return await work_on([raw], judge_stored, raw, provider, stored, self.context)

    def judge_listed(self, capture: Capture) -> Judgement:
        """The verdict of the ledger; where it has none, because the bin has no secrets, the one without secrets."""
        reading = capture.row.reading
        return reading.signature or judge_stored(capture.raw, reading.provider, (), self.context)

    async def diagnose(self, bin_id: str, capture: Capture) -> tuple[Diagnosis, str | None]:
        """All about the signature of a capture, and the URL of the certificate that it needs and that is not stored.
        Raises NotFound."""
        stored = await self.of(bin_id)
        raw, provider = capture.raw, capture.row.reading.provider
        return await run_in_thread(diagnose_stored, raw, provider, stored, self.context)

    async def explain(self, bin_id: str, capture: Capture, pasted: str) -> PastedResult:
        """The mistakes that give a signature which the code of a user has computed. Raises NotFound."""
        stored = await self.of(bin_id)
        raw, provider = capture.raw, capture.row.reading.provider
        return await run_in_thread(explain_stored, raw, provider, stored, self.context, pasted)

    async def signer(self, bin_id: str, provider: str, sign: Signing, *, names_url: bool) -> Signer | None:
        """What signs the simulated requests of a provider; None: nothing does. Raises NotFound, Invalid."""
        if sign is Signing.NONE:
            return None
        opened = await run_in_thread(open_secrets, await self.of(bin_id), self.context.secrets_key)
        return choose_signer(opened.secrets, [provider], wrongly=sign is Signing.INVALID, names_url=names_url)

    async def signer_like(self, bin_id: str, capture: Capture, sign: Signing) -> Signer | None:
        """What signs a capture that is sent again: by the scheme that it was signed with, or that of its provider.
        Raises NotFound, Invalid."""
        if sign is Signing.NONE:
            return None
        opened = await run_in_thread(open_secrets, await self.of(bin_id), self.context.secrets_key)
        names = [(await self.judge(bin_id, capture)).scheme, capture.row.reading.provider]
        return choose_signer(opened.secrets, names, wrongly=sign is Signing.INVALID)

    async def fetch_certificate(self, bin_id: str, capture: Capture) -> None:
        """Fetch the certificate that a request names, from a host of AWS only, and store it. Raises NotFound, Invalid,
        and Conflict when the request names none or it cannot be fetched."""
        _, url = await self.diagnose(bin_id, capture)
        if url is None:
            raise Conflict("The request names no certificate of AWS that is missing.")
        async with open_sender(self._allowed) as sender:
            reply = await sender.send("GET", url, (), b"", timeout_s=FETCH_S)
        if reply.status != 200:
            why = reply.error or f"it answered {reply.status}"
            raise Conflict(f"{url} cannot be fetched: {why}. Upload the certificate in the settings of the bin.")
        await self.set(bin_id, url, CERTIFICATES, reply.body.decode("ascii", "replace"))

    def _prepare(self, bin_id: str, label: str, secret: str) -> tuple[str, str]:
        """A secret as it is stored, and its hash. Takes a tenth of a second."""
        nonce = clock.new_bytes(NONCE_BYTES)
        return seal(secret, label, self.context.secrets_key, nonce), secret_hash(secret, bin_id)

    async def _reread(self, bin_id: str) -> None:
        self._hub.notify(bin_id)
        await wait_until_reread(self._store, self._hub, bin_id)


def _problems(label: str, scheme: str | None, secret: str) -> list[tuple[str, str]]:
    """What is wrong with a secret, by field."""
    problems = []
    if scheme is not None and scheme not in scheme_names():
        problems.append(("scheme", f"must be null (any scheme) or one of {named_schemes()}"))
    if scheme == CERTIFICATES:
        problems += _certificate_problems(label, secret)
    elif not label.strip() or len(label) > MOST_LABEL or _CONTROLS.search(label):
        problems.append(("label", f"must have 1 to {MOST_LABEL} characters, without line breaks"))
    if not secret or len(secret.encode()) > MOST_SECRET:
        problems.append(("secret", f"must have 1 to {MOST_SECRET:,} bytes"))
    return problems


def _certificate_problems(label: str, secret: str) -> list[tuple[str, str]]:
    problems = []
    if not label.startswith("https://") or len(label) > MOST_URL or _CONTROLS.search(label):
        problems.append(("label", "must be the SigningCertURL of the requests, where the scheme is aws"))
    if "-----BEGIN CERTIFICATE-----" not in secret:
        problems.append(("secret", "must be a certificate that begins with -----BEGIN CERTIFICATE-----"))
    return problems
