"""Output of the command line. Captured text is untrusted (P7): it must not move the cursor, change colours, hide
text, or change the direction of neighbouring text."""

import base64
import json
import os
import select
import signal
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
# Emoji and some scripts need these two; they have no effect on neighbouring text.
_HARMLESS = "\u200c\u200d"
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_MAX_TEXT = 160
_AGAIN_S = 0.1
_KIND_COLOURS = {"inbound": "green", "status": "blue", "voice": "magenta", "other": "yellow"}


def visible(text: str) -> str:
    """The text on one line, with every control, bidi and format character escaped: `\\x1b`, `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(_NAMED.get(letter) or _spelled(letter) if _is_unsafe(letter) else letter for letter in text)


def as_json(value: Any) -> str:
    """One line of JSON without characters that affect a terminal; every parser reads the same value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isprintable():
        return text
    # Such characters occur inside strings only, where JSON allows escapes.
    return "".join(json.dumps(letter)[1:-1] if _is_unsafe(letter) else letter for letter in text)


def print_line(line: str) -> None:
    """Write one line to stdout, unbuffered. Characters that the terminal cannot show are escaped; other outputs are
    UTF-8."""
    encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
    click.echo(line.encode(encoding, "backslashreplace"))


def has_colours() -> bool:
    """Whether stdout is a terminal with colours, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def line_of(summary: dict[str, Any], *, colours: bool = False) -> str:
    """A capture on one line: time, number, role, kind, parties, text or status, findings, answer."""

    def paint(text: str, **style: Any) -> str:
        return click.style(text, **style) if colours else text

    at = datetime.fromisoformat(summary["received_at"]).astimezone()
    kind = str(summary["kind"])
    findings = f"! {', '.join(summary['findings'])}" if summary["findings"] else ""
    parts = [
        paint(f"{at:%H:%M:%S}", dim=True),
        paint(f"#{summary['n']}", bold=True),
        f"{summary['role']:<8}",
        paint(f"{kind:<7}", fg=_KIND_COLOURS.get(kind)),
        _parties(summary),
        _content(summary),
        paint(visible(findings), fg="yellow") if findings else "",
        _answer(summary["answered"], paint),
    ]
    return "  ".join(part for part in parts if part)


def full_text(capture: dict[str, Any]) -> str:
    """The request of a complete capture, indented: request line, headers in order, body."""
    # A request that is not valid HTTP has no version, and its bytes are in the body.
    version = capture["http_version"]
    lines = [f"{capture['method']} {capture['target']} HTTP/{version}"] if version else []
    lines += [f"{name}: {value}" for name, value in capture["headers"]]
    body = base64.b64decode(capture["body"]["base64"]).decode("utf-8", "backslashreplace")
    lines += [""] * bool(lines) + body.splitlines() if body else []
    if not capture["body"]["complete"]:
        lines.append("(the body is incomplete)")
    return "\n".join(f"    {visible(line)}".rstrip() for line in lines)


@contextmanager
def until_stdout_closes() -> Iterator[None]:
    """End the block without an error when the reader of stdout closes it (`| head`)."""
    try:
        yield
    except BrokenPipeError:
        # Otherwise Python reports the error again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def until_interrupted() -> Iterator[None]:
    """End the block on Ctrl-C, whenever it comes.

    Python discards exceptions that are raised in finalizers, and so may lose the KeyboardInterrupt of a Ctrl-C; so
    it is raised repeatedly until it is handled.
    """

    def interrupt(*_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        raise KeyboardInterrupt

    before = [(name, signal.signal(name, interrupt)) for name in (signal.SIGINT, signal.SIGALRM)]
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for name, handler in before:
            signal.signal(name, handler)


def stdout_is_open() -> bool:
    """False when the other end of stdout is closed; a program that only waits would not notice it."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return not poll.poll(0)


def _is_unsafe(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSAFE and letter not in _HARMLESS


def _spelled(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x1_0000 else f"\\U{code:08x}"


def _parties(summary: dict[str, Any]) -> str:
    if summary["from"] is None and summary["to"] is None:
        return ""
    return f"{visible(summary['from'] or '?')} -> {visible(summary['to'] or '?')}"


def _content(summary: dict[str, Any]) -> str:
    if summary["kind"] == "status" and summary["status"]:
        word = summary["raw_status"]
        provider_status = f" ({visible(word)})" if word and word.lower() != summary["status"] else ""
        return f"{visible(summary['status'])}{provider_status}"
    if summary["text"] is not None:
        text = summary["text"]
        return visible(text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…") or "(empty)"
    return visible(f"{summary['method']} {summary['content_type'] or 'no type'}, {summary['size']:,} bytes")


def _answer(answered: dict[str, Any], paint: Callable[..., str]) -> str:
    fault = f" (fault {answered['fault']})" if answered["fault"] else ""
    if answered["status"] is None:
        return paint(f"no response{fault}", fg="red") if fault else paint("no response yet", dim=True)
    took = "" if answered["after_ms"] is None else f" in {answered['after_ms']} ms"
    return paint(f"{answered['status']}{took}{fault}", fg="green" if answered["status"] < 300 else "red")
