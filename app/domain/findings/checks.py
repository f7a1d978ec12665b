"""The rules: each reads the facts of one capture and returns what it found, as a sentence, or None.

They run for every capture, so the cheap test comes first. A new rule is a function here with
its code, its words in `words.py` and its test.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from ..bins import KEY_PATTERN
from ..faults import REDIRECTED
from ..phones import lost_plus
from ..roles import Kind, Role
from ..statuses import Status
from .facts import Facts
from .text import repair

Check = Callable[[Facts], str | None]
CHECKS: dict[str, Check] = {}

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_PROBES = frozenset({"HEAD", "OPTIONS", "POST"})
_BEHIND_KEY = re.compile(rf"/{KEY_PATTERN}(/[^?#]*)")
_NAMED = frozenset({Role.PRIMARY.value, REDIRECTED})
_SMS_ROLES = (Role.PRIMARY, Role.FALLBACK)
_HOUR = timedelta(hours=1)
_SLACK = timedelta(minutes=2)
_MOST_HOURS = 14
_SHOWN = 80


def finds(code: str) -> Callable[[Check], Check]:
    """Register a rule under its code."""

    def register(check: Check) -> Check:
        CHECKS[code] = check
        return check

    return register


@finds("callback_on_sms_url")
def _callback_on_sms_url(facts: Facts) -> str | None:
    """The sheet decides what is a callback; findings that need other captures are made in the ledger."""
    if facts.role not in _SMS_ROLES:
        return None
    for event in facts.events:
        if event.kind is Kind.STATUS:
            status = f"Its status is {_quote(event.raw_status)}" if event.raw_status else "It is of an outbound message"
            return f"{status}, and it was sent to the {facts.role} URL."
    return None


@finds("unknown_role")
def _unknown_role(facts: Facts) -> str | None:
    """No role at all is fine, with slashes behind it or without; so is where our own redirect has led."""
    if facts.role is not Role.PRIMARY or (found := _BEHIND_KEY.search(facts.raw.target)) is None:
        return None
    path = found[1]
    if not path.strip("/") or path[1:].partition("/")[0] in _NAMED:
        return None
    return f"The path is {_quote(path)}."


@finds("plus_lost")
def _plus_lost(facts: Facts) -> str | None:
    for event in facts.events:
        for name, number in (("From", event.sender_said), ("To", event.recipient_said)):
            if number and number[0] == " " and lost_plus(number):
                return f"{name} is {_quote(number)}."
    return None


@finds("truncated_json")
def _truncated_json(facts: Facts) -> str | None:
    return f"It ends after {len(facts.raw.body)} bytes." if facts.json_cut else None


@finds("charset_mismatch")
def _charset_mismatch(facts: Facts) -> str | None:
    if facts.charset_fits:
        return None
    return f"The declared charset is {_quote(facts.charset)}." if facts.charset else "No charset is declared."


@finds("mojibake")
def _mojibake(facts: Facts) -> str | None:
    for event in facts.events:
        if event.text and (meant := repair(event.text)) is not None:
            return f"The intended text is probably {_quote(meant)}."
    return None


@finds("content_type_lies")
def _content_type_lies(facts: Facts) -> str | None:
    declared, found = facts.shape_declared, facts.shape_found
    return f"The header says {declared}, the body is {found}." if declared != found and declared and found else None


@finds("action_differs")
def _action_differs(facts: Facts) -> str | None:
    """Paths only: hosts differ behind proxies and tunnels, and Ytel strips signs from queries."""
    action = facts.fields.get("action") if facts.provider == "ytel" else None
    if not action or "/" not in action:
        return None
    return None if _path(action) == _path(facts.raw.target) else f"Action is {_quote(action)}."


@finds("method_differs")
def _method_differs(facts: Facts) -> str | None:
    method = facts.fields.get("method")
    if method is None or method == facts.raw.method or method.upper() not in _METHODS - {facts.raw.method}:
        return None
    return f"Method is {_quote(method)}, the request is a {facts.raw.method}."


@finds("empty_get")
def _empty_get(facts: Facts) -> str | None:
    return "The request has neither." if facts.raw.method == "GET" and _says_nothing(facts) else None


@finds("unknown_status")
def _unknown_status(facts: Facts) -> str | None:
    """A word that the provider documents as saying nothing is final, and no finding."""
    for event in facts.events:
        if event.status is Status.UNKNOWN and event.raw_status and not event.final:
            return f"The status is {_quote(event.raw_status)}."
    return f"The status is {_quote(facts.loose_word)}." if facts.loose_word else None


@finds("clock_offset")
def _clock_offset(facts: Facts) -> str | None:
    """Close to a whole number of hours; a stamp that is simply old is none."""
    for event in facts.events:
        if event.said_at is None:
            continue
        off = event.said_at - facts.raw.received_at
        hours = round(off / _HOUR)
        if 1 <= abs(hours) <= _MOST_HOURS and abs(off - hours * _HOUR) <= _SLACK:
            unit = "hour" if abs(hours) == 1 else "hours"
            return f"It is {abs(hours)} {unit} {'ahead' if hours > 0 else 'behind'}."
    return None


@finds("repeated_field")
def _repeated_field(facts: Facts) -> str | None:
    """Exact names. The same value twice is harmless, and lists are repeated on purpose."""
    if len(facts.fields) == len(facts.pairs):
        return None
    seen: dict[str, str] = {}
    for name, value in facts.pairs:
        if seen.setdefault(name, value) != value and not _is_list(name):
            return f"{_quote(name)} is both {_quote(seen[name])} and {_quote(value)}."
    return None


@finds("empty_probe")
def _empty_probe(facts: Facts) -> str | None:
    """Never together with `empty_get`: the method decides. A POST that lost its body on the way is cut, not empty."""
    return f"The request is a {facts.raw.method}." if _says_nothing(facts) and facts.raw.method in _PROBES else None


def _says_nothing(facts: Facts) -> bool:
    raw = facts.raw
    if raw.withheld is not None and raw.withheld.body is not None:
        return False
    return not raw.body and not facts.pairs and raw.body_complete and not raw.target.partition("?")[2]


def _is_list(name: str) -> bool:
    """Names that mark a list (`to[]`), media, and parts without a name."""
    return not name or "[" in name or name.lower().startswith("media")


def _path(address: str) -> str:
    """The path, without query, fragment and the last slash."""
    address = address.partition("?")[0].partition("#")[0]
    _, mark, rest = address.partition("://")
    if mark or not address.startswith("/"):
        address = "/" + (rest if mark else address).partition("/")[2]
    return address.rstrip("/")


def _quote(value: str) -> str:
    """A captured value inside of a sentence: short, on one line, nothing invisible but the blanks."""
    shown = value[:_SHOWN]
    if not shown.isprintable():
        shown = "".join(letter if letter.isprintable() else "�" for letter in shown)
    return f"“{shown}{'…' if len(value) > _SHOWN else ''}”"
