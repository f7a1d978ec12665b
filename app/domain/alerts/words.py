"""The words of alerts and their notices.

Notices leave smsbin, so they have no text and no whole phone number, also where a user has written one into a name.
"""

import re
from collections.abc import Callable, Mapping

from ..units import duration_text, rfc3339
from .model import Alert, AlertKind, AlertNotice, NoticeKind

_DIGITS = re.compile(r"\+?\d(?:[ ().\-/]{0,3}\d){5,}")

NOTICE_TITLES = {
    NoticeKind.FIRING: "Alert",
    NoticeKind.REMINDER: "Still firing",
    NoticeKind.RESOLVED: "All clear",
    NoticeKind.MISSED: "Fired during quiet hours",
    NoticeKind.TEST: "Test",
}
"""The beginning of the title of a notice."""


def masked(text: str) -> str:
    """A text in which of each phone number only the last two digits are left."""
    return _DIGITS.sub(lambda found: "…" + "".join(filter(str.isdigit, found[0]))[-2:], text)


def condition_text(alert: Alert, *, with_filter: bool = True) -> str:
    """When the alert fires, as a noun phrase: "more than 3 requests that match status:failed within 10 minutes"."""
    match = ""
    if alert.filter:
        match = f" that match {alert.filter}" if with_filter else " that match its filter"
    within = duration_text(alert.within) if alert.within_s else ""
    match alert.kind:
        case AlertKind.SILENCE:
            busy = f", after more than {alert.more_than:,} in a day" if alert.more_than else ""
            return f"no requests{match} for {within}{busy}"
        case AlertKind.UNFINISHED:
            return f"{_counted(alert, 'outbound message')} without a final status after {within}"
        case AlertKind.SMSBIN:
            for_so_long = f", for {within}" if within else ""
            return f"smsbin refuses requests, or has more than {alert.more_than:,} not parsed{for_so_long}"
    return f"{_counted(alert, 'request')}{_WHAT[alert.kind](match, alert)}"


def _within(alert: Alert) -> str:
    return f" within {duration_text(alert.within)}" if alert.more_than else ""


def _matching(match: str, alert: Alert) -> str:
    if alert.more_than <= 1:
        match = match.replace(" that match ", " that matches ", 1)
    return match + _within(alert)


_WHAT: Mapping[AlertKind, Callable[[str, Alert], str]] = {
    AlertKind.MATCHES: _matching,
    AlertKind.FALLBACK: lambda _, alert: " on a fallback URL, because the primary did not work" + _within(alert),
    AlertKind.SIGNATURE: lambda _, alert: " whose signature is not valid" + _within(alert),
}


def _counted(alert: Alert, what: str) -> str:
    if not alert.more_than:
        return f"an {what}" if what[0] in "aeiou" else f"a {what}"
    return f"more than {alert.more_than:,} {what}{'' if alert.more_than == 1 else 's'}"


def notice_title(alert: Alert, notice: AlertNotice) -> str:
    """One line, such as "Alert: failed deliveries"."""
    name = alert.name if alert.include_texts else masked(alert.name)
    return f"{NOTICE_TITLES[notice.kind]}: {name}"


def notice_text(alert: Alert, notice: AlertNotice, bin_name: str) -> str:
    """One or two sentences; without a name of the bin, "in this bin"."""
    place = f"bin {bin_name if alert.include_texts else masked(bin_name)}" if bin_name else "this bin"
    what = condition_text(alert, with_filter=alert.include_texts)
    if notice.kind is NoticeKind.TEST:
        return f"This is a test from smsbin, {place}. The alert fires for: {what}."
    first = f"{_sentence(what)}, in {place}." if alert.kind is not AlertKind.SMSBIN else f"{_sentence(what)}."
    since = "" if notice.since is None else f" Since {rfc3339(notice.since)[:19].replace('T', ' ')} UTC."
    if notice.kind in (NoticeKind.RESOLVED, NoticeKind.MISSED):
        return f"It has ended: {what}, in {place}.{since.replace('Since', 'It began at')}"
    return f"{first}{since}{_numbers(alert, notice)}"


def _numbers(alert: Alert, notice: AlertNotice) -> str:
    if alert.kind is AlertKind.SMSBIN:
        return f" {_sentence(notice.trouble)}." if notice.trouble else ""
    if alert.kind is AlertKind.SILENCE:
        return f" The last one was #{notice.n}." if notice.n is not None else ""
    newest = f", the newest is #{notice.n}" if notice.n is not None else ""
    return f" {notice.count:,} so far{newest}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
