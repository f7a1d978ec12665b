"""A mail server on this machine that keeps what it gets. It has the few commands that are needed to hand in e-mail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """`answers` replaces the reply to a command (EHLO, AUTH, RCPT …); None: it does not answer."""

    answers: dict[str, str | None] = field(default_factory=dict)
    extensions: Sequence[str] = ()
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{self.answers.get('CONNECT', '220 ready')}\r\n".encode())
        try:
            while line := (await reader.readline()).decode().strip():
                self.commands.append(line)
                verb = line.split()[0].upper()
                reply = self.answers.get(verb, self._reply(verb))
                if reply is None:
                    await reader.read()
                    return
                writer.write(f"{reply}\r\n".encode())
                if verb == "DATA" and reply.startswith("354"):
                    self.mails.append((await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n"))
                    writer.write(f"{self.answers.get('END', '250 taken')}\r\n".encode())
                if verb == "QUIT":
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _reply(self, verb: str) -> str:
        if verb == "EHLO":
            lines = ["here", *self.extensions]
            return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])
        return {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 good"}.get(verb, "250 ok")


@asynccontextmanager
async def a_mail_server(*extensions: str, **answers: str | None) -> AsyncIterator[MailServer]:
    made = MailServer(answers=dict(answers), extensions=extensions)
    server = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
