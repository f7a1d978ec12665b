"""Sends one e-mail by SMTP, to the server that the operator has set; so its address is not checked.

aiosmtplib, because the standard library's smtplib blocks the event loop.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import aiosmtplib

NO_TLS = "the mail server offers no TLS, so the password was not sent"
NO_SMTP = "the answer of the mail server is not SMTP"
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where e-mail is handed in. `is_tls`: encrypted from the first byte; otherwise with STARTTLS if the server offers
    it, and with a password only then."""

    host: str
    port: int
    is_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailResult:
    """`status` is the last SMTP code; None: there was no answer. `error`: what went wrong, in a few words; with a
    status of 250 some of the recipients were refused."""

    status: int | None
    error: str | None = None


def read_smtp_url(url: str) -> SmtpServer:
    """`smtp://user:password@mail.example.net:587`, or `smtps://`. Raises ValueError with what would be right."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("is not the URL of a mail server; write smtp://user:password@mail.example.net:587")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )


async def send_mail(
    server: SmtpServer, sender: str, recipients: Sequence[str], data: bytes, *, timeout_s: float
) -> MailResult:
    """Hand in one e-mail, within `timeout_s`. `data` is the whole of it, with its headers. Never raises for errors of
    the server."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _hand_in(server, sender, recipients, data)
    except (TimeoutError, aiosmtplib.SMTPTimeoutError):
        return MailResult(status=None, error="no response in time")
    except aiosmtplib.SMTPRecipientsRefused as error:
        return MailResult(status=error.recipients[0].code, error="all recipients were refused")
    except aiosmtplib.SMTPAuthenticationError as error:
        return MailResult(status=error.code, error="the mail server refused the user or the password")
    except aiosmtplib.SMTPResponseException as error:
        if error.code < 400:
            return MailResult(status=None, error=NO_SMTP)
        return MailResult(status=error.code, error="the mail server refused the e-mail")
    except (ssl.SSLError, aiosmtplib.SMTPException, OSError, ValueError) as error:
        return MailResult(status=None, error=_why(error))


async def _hand_in(server: SmtpServer, sender: str, recipients: Sequence[str], data: bytes) -> MailResult:
    client = aiosmtplib.SMTP(hostname=server.host, port=server.port, use_tls=server.is_tls, start_tls=False)
    async with client:
        try:
            return await _talk(client, server, sender, recipients, data)
        except asyncio.CancelledError:
            # Otherwise the end of the block waits for an answer to QUIT.
            client.close()
            raise


async def _talk(
    client: aiosmtplib.SMTP, server: SmtpServer, sender: str, recipients: Sequence[str], data: bytes
) -> MailResult:
    if not server.is_tls:
        await client.ehlo()
        if client.supports_extension("starttls"):
            await client.starttls()
        elif server.password is not None:
            return MailResult(status=None, error=NO_TLS)
    if server.user is not None and server.password is not None:
        await client.login(server.user, server.password)
    refused, _ = await client.sendmail(sender, list(recipients), data)
    error = f"{len(refused)} of {len(recipients)} recipients were refused" if refused else None
    return MailResult(status=250, error=error)


def _why(error: Exception) -> str:
    cause = error.__cause__ or error
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError):
        return "the TLS connection failed"
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return "the connection was closed"
    if isinstance(error, aiosmtplib.SMTPConnectError | OSError):
        return "the connection was refused"
    return NO_SMTP
