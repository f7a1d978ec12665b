"""E-mail by SMTP, and what each failure means."""

import asyncio

import pytest

from app.egress.mail import NO_TLS, MailResult, SmtpServer, read_smtp_url, send_mail

from .smtp import MailServer, a_mail_server

DATA = b"Subject: Hi\r\n\r\n.dot\r\n"


async def send(
    server: MailServer, *, timeout_s: float = 10, recipients: tuple[str, ...] = ("a@b.example",), **values: object
) -> MailResult:  # fmt: skip
    to = SmtpServer(**{"host": "127.0.0.1", "port": server.port, "is_tls": False, **values})
    return await send_mail(to, "smsbin@x.example", recipients, DATA, timeout_s=timeout_s)


async def test_an_email_arrives_as_it_was_written() -> None:
    async with a_mail_server() as server:
        assert await send(server, recipients=("a@b.example", "c@d.example")) == MailResult(status=250)
    assert [line for line in server.commands if line.startswith(("MAIL", "RCPT"))] == [
        "MAIL FROM:<smsbin@x.example>", "RCPT TO:<a@b.example>", "RCPT TO:<c@d.example>",
    ]  # fmt: skip
    assert server.mails == [DATA.replace(b".dot", b"..dot")]


@pytest.mark.parametrize(
    ("answers", "status", "error"),
    [
        ({"RCPT": "550 unknown"}, 550, "all recipients were refused"),
        ({"RCPT": "450 later"}, 450, "all recipients were refused"),
        ({"MAIL": "553 who"}, 553, "the mail server refused the e-mail"),
        ({"END": "554 spam"}, 554, "the mail server refused the e-mail"),
        ({"CONNECT": "421 busy"}, 421, "the mail server refused the e-mail"),
        ({"CONNECT": "HTTP/1.1 400 Bad Request"}, None, "the answer of the mail server is not SMTP"),
    ],
)  # fmt: skip
async def test_a_refusal_has_the_code_of_the_server(answers: dict[str, str], status: int | None, error: str) -> None:
    async with a_mail_server(**answers) as server:
        result = await send(server)
    assert result == MailResult(status=status, error=error)


async def test_a_server_that_does_not_answer_or_is_not_there() -> None:
    async with a_mail_server(MAIL=None) as server, asyncio.timeout(60):
        assert await send(server, timeout_s=0.2) == MailResult(status=None, error="no response in time")
    assert (await send(server)).error == "the connection was refused"


async def test_a_password_is_not_sent_without_tls() -> None:
    async with a_mail_server("AUTH PLAIN") as server:
        assert await send(server, user="u", password="p") == MailResult(status=None, error=NO_TLS)
    assert not any(line.startswith("AUTH") for line in server.commands)
    assert server.mails == []


async def test_a_server_that_offers_tls_must_have_it() -> None:
    async with a_mail_server("STARTTLS", STARTTLS="220 go ahead") as server:
        result = await send(server, timeout_s=5)
    assert result.status is None or result.status >= 400
    assert result.error is not None
    assert server.mails == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.net", ("mail.example.net", 587, False, None, None)),
        ("smtps://u%40x:p%2F1@mail.example.net", ("mail.example.net", 465, True, "u@x", "p/1")),
        ("smtp://127.0.0.1:25/", ("127.0.0.1", 25, False, None, None)),
    ],
)  # fmt: skip
def test_a_url_of_a_mail_server(url: str, expected: tuple[object, ...]) -> None:
    server = read_smtp_url(url)
    assert (server.host, server.port, server.is_tls, server.user, server.password) == expected
    assert "p/1" not in repr(server)


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x/path", "smtp://x?a=1", "mail.example.net"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="write smtp://"):
        read_smtp_url(url)
