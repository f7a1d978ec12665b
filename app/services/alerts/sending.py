"""Sends one notice to one target, and says what its answer means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from ... import clock
from ...domain.alerts.model import AlertDelivery, AlertTarget, AlertWebhook, WebhookShape
from ...domain.captures import Headers
from ...domain.forwards.answers import AnswerMeaning, meaning_of, read_retry_after
from ...domain.forwards.headers import WEBHOOK_ID
from ...egress import Network, send_exactly
from ...egress.mail import SmtpServer, read_smtp_url, send_mail
from ...errors import CannotStart, Invalid, StoreUnavailable
from ...settings import Settings
from ...signatures.signer import Signer
from ..forwards.sending import TargetSlots, wait_for_captures
from ..token_file import read_secret_file
from .content import NoticeContent, email_of, webhook_body

TIMEOUT_S = 10.0
MAIL_TIMEOUT_S = 20.0
NO_MAIL = "smsbin has no mail server; set SMSBIN_SMTP_URL and SMSBIN_SMTP_FROM"
NO_SECRET = "its secret was encrypted with another --secrets-key; add the alert again"  # noqa: S105  # no secret
REMOVED = "the alert no longer has this target"


def always() -> bool:
    """Nothing has to be asked."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNotice:
    """The result of an attempt. `status`: of the answer; None: there was none."""

    meaning: AnswerMeaning
    status: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How e-mail is sent."""

    server: SmtpServer
    sender: str


def mail_settings(settings: Settings) -> MailSettings | None:
    """How e-mail is sent; None: it is not set up. Raises CannotStart when the file of the URL cannot be used."""
    url = settings.smtp_url
    if settings.smtp_url_file is not None:
        url = read_secret_file(settings.smtp_url_file, "URL of the mail server")
    if url is None or settings.smtp_from is None:
        return None
    try:
        return MailSettings(server=read_smtp_url(url), sender=settings.smtp_from)
    except ValueError as error:
        raise CannotStart(f"What is in {settings.smtp_url_file} {error}.") from None


class AlertSender:
    """Use from one event loop only. `allowed`: the targets that the operator allows."""

    def __init__(self, allowed: Sequence[Network | str], mail: MailSettings | None) -> None:
        self.allowed = allowed
        self._mail = mail
        self._slots = TargetSlots()

    @property
    def has_mail(self) -> bool:
        """Whether e-mail can be sent."""
        return self._mail is not None

    async def send(
        self, content: NoticeContent, delivery: AlertDelivery, secret: str | None,
        may_send: Callable[[], bool] = always,
    ) -> SentNotice:  # fmt: skip
        """Send a notice. Never raises for errors of the target. `may_send` is called directly before. Raises
        StoreUnavailable if it returns False."""
        alert = content.stored.alert
        if delivery.target is AlertTarget.WEBHOOK and alert.webhook is not None:
            return await self._post(alert.webhook, content, delivery, secret, may_send)
        if delivery.target is AlertTarget.EMAIL and alert.emails:
            return await self._email(content, delivery, may_send)
        return SentNotice(meaning=AnswerMeaning.IMPOSSIBLE, error=REMOVED)

    async def _post(
        self, webhook: AlertWebhook, content: NoticeContent, delivery: AlertDelivery, secret: str | None,
        may_send: Callable[[], bool],
    ) -> SentNotice:  # fmt: skip
        async with self._slots.slot(webhook.url):
            await wait_for_captures()
            try:
                data = _request(webhook, webhook_body(content, webhook.shape), delivery.webhook_id, secret)
            except (Invalid, ValueError) as problem:
                return SentNotice(meaning=AnswerMeaning.IMPOSSIBLE, error=f"not sent: {problem}")
            _check(may_send)
            reply = await send_exactly(webhook.url, data, allowed=self.allowed, timeout_s=TIMEOUT_S)
        error = reply.error
        if reply.status is not None and 300 <= reply.status < 400:
            error = "a redirect, which is not followed"
        return SentNotice(
            meaning=_meaning(reply.status),
            status=reply.status,
            error=error,
            retry_after=read_retry_after(reply.retry_after, clock.now()),
        )

    async def _email(self, content: NoticeContent, delivery: AlertDelivery, may_send: Callable[[], bool]) -> SentNotice:
        mail = self._mail
        if mail is None:
            return SentNotice(meaning=AnswerMeaning.IMPOSSIBLE, error=f"not sent: {NO_MAIL}")
        async with self._slots.slot(f"smtp://{mail.server.host}:{mail.server.port}"):
            await wait_for_captures()
            data = email_of(content, delivery.webhook_id, mail.sender, clock.now())
            _check(may_send)
            result = await send_mail(
                mail.server, mail.sender, content.stored.alert.emails, data, timeout_s=MAIL_TIMEOUT_S
            )
        return SentNotice(meaning=mail_meaning(result.status), status=result.status, error=result.error)


def _check(may_send: Callable[[], bool]) -> None:
    if not may_send():
        raise StoreUnavailable("Another server may send this now.")


def mail_meaning(status: int | None) -> AnswerMeaning:
    """The meaning of the last code of a mail server: 4xx is temporary, 5xx is not."""
    if status is None or 400 <= status < 500:
        return AnswerMeaning.FAILURE
    return AnswerMeaning.SUCCESS if 200 <= status < 300 else AnswerMeaning.REFUSAL


def _meaning(status: int | None) -> AnswerMeaning:
    """An alert has other targets, so 410 does not pause it."""
    meaning = meaning_of(status)
    return AnswerMeaning.REFUSAL if meaning is AnswerMeaning.GONE else meaning


def _request(webhook: AlertWebhook, body: bytes, webhook_id: str, secret: str | None) -> bytes:
    """The bytes to send. Raises Invalid, ValueError."""
    parts = urlsplit(webhook.url)
    headers: Headers = (
        (b"Host", parts.netloc.encode()),
        (b"User-Agent", b"smsbin"),
        (b"Content-Type", b"application/json"),
        (WEBHOOK_ID, webhook_id.encode()),
    )
    if webhook.shape is WebhookShape.STANDARD:
        if secret is None:
            raise ValueError(NO_SECRET)
        signer = Signer(scheme="standardwebhooks", secret=secret)
        headers = signer.sign("POST", webhook.url, headers, body, clock.now()).headers
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [b"POST %s HTTP/1.1" % target.encode(), *(b"%s: %s" % pair for pair in headers)]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"Connection: close", b"", body])
