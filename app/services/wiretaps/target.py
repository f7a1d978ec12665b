"""A handler at a URL: sends it the request byte for byte, with the headers that a forward adds."""

from collections.abc import Sequence

from ... import clock
from ...domain.captures import Capture
from ...domain.forwards.headers import MAX_HOPS, DispatchedRequest, added_headers, hops_of
from ...domain.replays import Trigger, header_lines_of, replayed, unsent, without_secrets
from ...domain.wiretaps.model import FailureKind, HandlerAnswer, HandlerFailure, Wiretap
from ...domain.wiretaps.passing import MAX_HANDLER_BODY
from ...egress import Network, send_exactly
from ...egress.gate import BLOCKED
from ...signatures.urls import request_url
from .handlers import LATE_S, Outbox

_LOOP = f"it has passed {MAX_HOPS} instances of smsbin already, which send to each other"
_NO_ANSWER = "no response in time"


class TargetHandler:
    """Calls the handler of one wiretap. `allowed`: the targets that the operator allows; `outbox` as in `Handler`."""

    def __init__(
        self, wiretap: Wiretap, allowed: Sequence[Network | str], public_url: str | None, outbox: Outbox | None = None
    ) -> None:
        self.wiretap = wiretap
        self.outbox = outbox
        self._allowed = allowed
        self._public_url = public_url

    @property
    def url(self) -> str:
        """The URL without the values of its query."""
        return without_secrets(self.wiretap.url)

    @property
    def timeout_s(self) -> float | None:
        """As set by the user."""
        return self.wiretap.timeout_s

    async def answer(self, bin_id: str, capture: Capture, deadline: float) -> HandlerAnswer | HandlerFailure:
        """As in `Handler`. A connection that is not there at the deadline is given up, because the handler would get
        a request that the provider has sent elsewhere by then."""
        try:
            data = self._request(bin_id, capture)
        except ValueError as error:
            return HandlerFailure(kind=FailureKind.UNSENT, why=str(error))
        sent = header_lines_of(data)
        left_s = max(deadline - clock.ticks(), 0.001)
        reply = await send_exactly(
            self.wiretap.url, data, allowed=self._allowed, timeout_s=left_s + LATE_S, connect_s=left_s,
            max_body=MAX_HANDLER_BODY + 1,
        )  # fmt: skip
        if reply.status is not None:
            headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers)
            return HandlerAnswer(status=reply.status, headers=headers, body=reply.body, took_s=reply.took_s, sent=sent)
        why = reply.error or _NO_ANSWER
        kind = FailureKind.REFUSED if reply.refused else FailureKind.BROKEN
        if why == _NO_ANSWER:
            kind = FailureKind.TIMEOUT
        return HandlerFailure(kind=kind, why=why, took_s=reply.took_s, sent=b"" if why == BLOCKED else sent)

    def _request(self, bin_id: str, capture: Capture) -> bytes:
        """The bytes to send. ValueError says why there are none."""
        raw, role, wiretap = capture.raw, capture.row.role, self.wiretap
        if hops_of(raw) >= MAX_HOPS:
            raise ValueError(_LOOP)
        request = DispatchedRequest(
            bin_id=bin_id, capture=capture, called=request_url(raw, self._public_url), attempt=1,
            trigger=Trigger.WIRETAP,
        )  # fmt: skip
        _, kept = unsent(raw, role, wiretap.url, with_credentials=wiretap.credentials)
        added = added_headers(request, kept)
        return replayed(raw, role, wiretap.url, with_credentials=wiretap.credentials, added=added)
