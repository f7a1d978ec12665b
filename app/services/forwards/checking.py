"""Whether a forward that a user wrote can be stored."""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from ...domain.forwards.model import MAX_NAME, MAX_TIMEOUT_S, MIN_TIMEOUT_S, Forward
from ...domain.search import OneOf, When, parse_query
from ...egress import check_target
from ...errors import Invalid


def check_forward(forward: Forward, own: Collection[str]) -> Forward:
    """The forward as it is stored. `own`: the hosts and ports of this server, to which nothing is sent. Raises Invalid
    with every wrong field."""
    url, problems = check_url(forward.url, own)
    problems += [("filter", message) for message in filter_problems(forward.filter)]
    if not forward.name.strip() or len(forward.name) > MAX_NAME or not forward.name.isprintable():
        problems.append(("name", f"must have 1 to {MAX_NAME} characters, without line breaks"))
    if not MIN_TIMEOUT_S <= forward.timeout_s <= MAX_TIMEOUT_S:
        problems.append(("timeout_s", f"must be a whole number from {MIN_TIMEOUT_S} to {MAX_TIMEOUT_S}"))
    if problems:
        raise Invalid(*problems)
    return Forward(
        name=forward.name.strip(), url=url, filter=forward.filter.strip(), roles=forward.roles, mode=forward.mode,
        order=forward.order, signature=forward.signature, credentials=forward.credentials,
        timeout_s=forward.timeout_s, wiretap=forward.wiretap,
    )  # fmt: skip


def check_url(url: str, own: Collection[str]) -> tuple[str, list[tuple[str, str]]]:
    """The URL of a target without its fragment, and what is wrong with it."""
    try:
        url = check_target("url", url)
    except Invalid as error:
        return url, list(error.problems)
    parts = urlsplit(url)
    usual_port = ":443" if parts.scheme == "https" else ":80"
    if parts.netloc.lower().removesuffix(usual_port) in {each.lower().removesuffix(usual_port) for each in own}:
        return url, [("url", "is this smsbin itself: its requests would be forwarded again and again")]
    return url, []


def filter_problems(text: str) -> list[str]:
    """Why a filter cannot choose what is forwarded: its syntax errors, and terms whose result changes with time."""
    try:
        terms = parse_query(text).terms
    except Invalid as error:
        return [message for _, message in error.problems]
    problems = []
    if any(isinstance(term, OneOf) and term.key == "forward" for term in terms):
        problems.append("must not contain forward:, because that state changes when it is sent")
    if any(isinstance(term, When) and isinstance(term.moment, timedelta) for term in terms):
        problems.append("must not contain a time ago; write a date such as after:2026-11-25, or a number, after:#1040")
    return problems
