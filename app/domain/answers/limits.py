"""Which answers may go out: whatever passes here makes exactly one well-formed HTTP response.

Asked when an answer is saved, and again when it is sent: a row may be older than a rule.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from defusedxml.ElementTree import fromstring

from ...errors import Invalid
from ..search import OneOf, parse_query
from .model import Answer, RoleAnswers
from .placeholders import PLACEHOLDER, is_xml

Problem = tuple[str, str]
"""The field and what is wrong with it."""

MOST_BODY = 64 << 10
MOST_DELAY_MS = 60_000
MOST_HEADERS = 20
MOST_RULES = 20
MOST_NAME = 100
# What clients read by default: 8,190 bytes a line, 16 KiB for a head.
MOST_VALUE = 8_000
MOST_HEAD = 15_000
BODILESS = frozenset({204, 205, 304})

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Those that frame the response or keep the connection, those that smsbin sets itself, and those that would act on
# everything else under the same host.
_REFUSED = frozenset({
    "content-length", "transfer-encoding", "connection", "upgrade", "trailer", "te", "keep-alive", "proxy-connection",
    "date", "server", "set-cookie", "set-cookie2", "clear-site-data", "strict-transport-security",
    "service-worker-allowed", "content-security-policy", "content-security-policy-report-only", "alt-svc", "nel",
    "report-to", "reporting-endpoints", "refresh", "www-authenticate", "x-sendfile", "x-capture",
    "x-content-type-options", "cache-control", "x-robots-tag", "content-encoding",
})  # fmt: skip
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_REFUSED_PREFIXES = ("x-accel-",)


def check_answer(answer: Answer) -> list[Problem]:
    """What keeps this answer from being sent; nothing for a good one."""
    return [*_check_status(answer), *_check_headers(answer), *_check_body(answer), *_check_delay(answer)]


def check_answers(answers: RoleAnswers) -> list[Problem]:
    """The same for all that a role may answer, rules included."""
    problems = check_answer(answers.answer)
    if len(answers.rules) > MOST_RULES:
        problems.append(("rules", f"must have at most {MOST_RULES} rules"))
    for index, rule in enumerate(answers.rules[:MOST_RULES]):
        try:
            query = parse_query(rule.match)
            if not query.terms:
                problems.append(
                    (f"rules.{index}.match", "must name the requests that get this response, such as text~stop")
                )
            elif any(isinstance(term, OneOf) and term.key == "signature" for term in query.terms):
                # P6: so a wrong or missing secret cannot cost a message.
                problems.append((f"rules.{index}.match", "must not have signature:, which never changes a response"))
            elif query.key_of_forwards:
                key = query.key_of_forwards
                problems.append((f"rules.{index}.match", f"must not have {key}:, because forwards begin later"))
        except Invalid as error:
            problems += [(f"rules.{index}.match", message) for _, message in error.problems]
        problems += [(f"rules.{index}.answer.{name}", message) for name, message in check_answer(rule.answer)]
    return problems


@lru_cache(maxsize=256)
def is_fit(answer: Answer) -> bool:
    """`check_answer` in a word, for every time that it is sent."""
    return not check_answer(answer)


def is_well_formed(answer: Answer) -> bool:
    """False for a body that calls itself XML and that no strict parser takes. A body with entities of its own is not
    taken either: parsers that are safe refuse it."""
    if not answer.body or not is_xml(answer.content_type):
        return True
    return xml_problem(answer.body) is None


@lru_cache(maxsize=64)
def xml_problem(body: str) -> str | None:
    """Why it is no XML document."""
    try:
        fromstring(body.encode())
    except Exception as error:
        return str(error) or type(error).__name__
    return None


def _check_status(answer: Answer) -> Iterator[Problem]:
    if not 200 <= answer.status <= 599:
        yield "status", "must be a whole number from 200 to 599"


def _check_headers(answer: Answer) -> Iterator[Problem]:
    if len(answer.headers) > MOST_HEADERS:
        yield "headers", f"must have at most {MOST_HEADERS} headers"
    if sum(len(name) + len(value) + 4 for name, value in answer.headers) > MOST_HEAD:
        yield "headers", f"must have at most {MOST_HEAD:,} bytes together"
    for index, (name, value) in enumerate(answer.headers[:MOST_HEADERS]):
        problem = _header_problem(name, value)
        if problem is not None:
            yield f"headers.{index}", problem
        elif name.lower() == "content-type":
            if any(earlier.lower() == "content-type" for earlier, _ in answer.headers[:index]):
                yield f"headers.{index}", "Content-Type is given more than once"
            elif (charset := _CHARSET.search(value)) and charset[1].lower() not in ("utf-8", "utf8"):
                yield f"headers.{index}", "the charset must be utf-8"


def _header_problem(name: str, value: str) -> str | None:
    if not _TOKEN.fullmatch(name) or len(name) > MOST_NAME:
        return f"the name must be 1 to {MOST_NAME} letters, digits and hyphens"
    lower = name.lower()
    if lower in _REFUSED or lower.startswith(_REFUSED_PREFIXES):
        return f"{name} is reserved: smsbin sets it, or it would affect more than this response"
    if any(ord(letter) > 0xFF for letter in value):
        return "the value must be Latin-1"
    if any(unicodedata.category(letter) == "Cc" for letter in value):
        return "the value must not contain line breaks or control characters"
    if len(value) > MOST_VALUE:
        return f"the value must have at most {MOST_VALUE:,} bytes"
    if PLACEHOLDER.search(value):
        return "placeholders are allowed only in the body"
    return None


def _check_body(answer: Answer) -> Iterator[Problem]:
    try:
        size = len(answer.body.encode())
    except UnicodeEncodeError:
        yield "body", "must not contain half of a surrogate pair"
        return
    if size > MOST_BODY:
        yield "body", f"must have at most {MOST_BODY >> 10} KiB"
    if size and answer.status in BODILESS:
        yield "body", f"must be empty: a {answer.status} response has no body"


def _check_delay(answer: Answer) -> Iterator[Problem]:
    if not 0 <= answer.delay_ms <= MOST_DELAY_MS:
        yield "delay_ms", f"must be a whole number from 0 to {MOST_DELAY_MS:,}"
