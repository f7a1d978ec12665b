"""Whether a forward that a user wrote can be stored."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from ...domain.forwards.model import (
    MAX_NAME,
    MAX_TIMEOUT_S,
    MIN_TIMEOUT_S,
    EventContent,
    Forward,
    ForwardMode,
    ForwardSignature,
)
from ...domain.search import When, parse_query
from ...egress import Network, check_open, check_target
from ...errors import Invalid

OWN = "is this smsbin itself: its requests would be forwarded again and again"
LISTEN = "run smsbin listen on your own machine"
"""What also reaches a private target."""


def check_forward(
    forward: Forward, own: Collection[str], allowed: Sequence[Network | str] | None = ()
) -> Forward:  # fmt: skip
    """The forward as it is stored. `own` and `allowed` as in `check_target_url`. Raises Invalid with every wrong
    field."""
    problems: list[tuple[str, str]] = []
    url = forward.url
    try:
        url = check_target_url("url", forward.url, own, OWN, allowed, LISTEN)
    except Invalid as error:
        problems += error.problems
    problems += [("filter", message) for message in filter_problems(forward.filter)]
    if not forward.name.strip() or len(forward.name) > MAX_NAME or not forward.name.isprintable():
        problems.append(("name", f"must have 1 to {MAX_NAME} characters, without line breaks"))
    if not MIN_TIMEOUT_S <= forward.timeout_s <= MAX_TIMEOUT_S:
        problems.append(("timeout_s", f"must be a whole number from {MIN_TIMEOUT_S} to {MAX_TIMEOUT_S}"))
    problems += mode_problems(forward)
    if problems:
        raise Invalid(*problems)
    is_event = forward.mode is ForwardMode.EVENT
    return msgspec.structs.replace(
        forward,
        name=forward.name.strip(),
        url=url,
        filter=forward.filter.strip(),
        signature=ForwardSignature.SMSBIN if is_event else forward.signature,
    )


def mode_problems(forward: Forward) -> list[tuple[str, str]]:
    """Settings that the mode of a forward does not have. The signature as sent, which is the default, is replaced for
    events."""
    if forward.mode is ForwardMode.RAW:
        if forward.event_content is EventContent.FULL:
            return []
        return [("event_content", "is for mode event only; choose that mode or leave it out")]
    problems = []
    if forward.signature is ForwardSignature.TARGET:
        problems.append(("signature", "must be smsbin or left out with mode event: the provider has not signed events"))
    if forward.credentials and forward.event_content is not EventContent.RAW:
        problems.append(("credentials", "needs event_content raw with mode event: other events have no headers"))
    return problems


def check_target_url(
    field: str, url: str, own: Collection[str], why: str, allowed: Sequence[Network | str] | None, otherwise: str = ""
) -> str:
    """The URL without its fragment. Raises Invalid with the field if it cannot be sent to, or, with the reason `why`,
    if it is one of the hosts and ports `own`. `allowed`: the targets that the operator allows; None: no address
    is checked before something is sent. `otherwise` as in `check_open`."""
    url = check_target(field, url)
    parts = urlsplit(url)
    usual_port = ":443" if parts.scheme == "https" else ":80"
    if parts.netloc.lower().removesuffix(usual_port) in {each.lower().removesuffix(usual_port) for each in own}:
        raise Invalid((field, why))
    if allowed is not None:
        check_open(field, url, allowed, otherwise)
    return url


def filter_problems(text: str, why: str = "which depends on the forward itself") -> list[str]:
    """Why a filter cannot judge each capture once, when it arrives: its syntax errors, and terms whose result changes
    with time. `why`: what is wrong with `forward:` and `target:`."""
    try:
        query = parse_query(text)
    except Invalid as error:
        return [message for _, message in error.problems]
    problems = []
    if query.key_of_forwards:
        problems.append(f"must not contain {query.key_of_forwards}:, {why}")
    if any(isinstance(term, When) and isinstance(term.moment, timedelta) for term in query.terms):
        problems.append("must not contain a time ago; write a date such as after:2026-11-25, or a number, after:#1040")
    return problems
