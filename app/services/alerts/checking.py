"""Whether an alert that a user wrote can be stored."""

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec.structs import replace

from ...domain.alerts.model import (
    LONGEST_REMINDER,
    LONGEST_WITHIN,
    MAX_ALERT_NAME,
    MOST_BEHIND,
    MOST_COUNTED,
    MOST_EMAILS,
    SHORTEST_REMINDER,
    WITH_FILTER,
    Alert,
    AlertKind,
)
from ...domain.alerts.quiet import quiet_problems
from ...egress import Network
from ...errors import Invalid
from ..forwards.checking import check_target_url, filter_problems
from .sending import NO_MAIL

OWN = "is this smsbin itself"
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MAX_EMAIL = 254

Problem = tuple[str, str]


def check_alert(
    alert: Alert, own: Collection[str], *, has_mail: bool, allowed: Sequence[Network | str] | None = ()
) -> Alert:
    """The alert as it is stored. `own`: the hosts and ports of this server, to which nothing is sent. `allowed` as in
    `check_target_url`. Raises Invalid with every wrong field."""
    problems = [*_name_problems(alert), *_condition_problems(alert), *_reminder_problems(alert)]
    webhook = alert.webhook
    if webhook is not None:
        try:
            webhook = replace(webhook, url=check_target_url("webhook.url", webhook.url, own, OWN, allowed))
        except Invalid as error:
            problems += error.problems
    problems += _email_problems(alert, has_mail=has_mail)
    if alert.quiet is not None:
        problems += [(f"quiet.{name}", text) for name, text in quiet_problems(alert.quiet)]
    if problems:
        raise Invalid(*problems)
    return replace(alert, name=alert.name.strip(), filter=alert.filter.strip(), webhook=webhook)


def _name_problems(alert: Alert) -> list[Problem]:
    if alert.name.strip() and len(alert.name) <= MAX_ALERT_NAME and alert.name.isprintable():
        return []
    return [("name", f"must have 1 to {MAX_ALERT_NAME} characters, without line breaks")]


def _condition_problems(alert: Alert) -> list[Problem]:
    problems: list[Problem] = []
    if alert.kind in WITH_FILTER:
        if alert.filter.strip():
            problems += [("filter", text) for text in filter_problems(alert.filter, "whose result changes later")]
    elif alert.filter.strip():
        problems.append(("filter", f"must be empty for an alert of kind {alert.kind}"))
    most = MOST_BEHIND if alert.kind is AlertKind.SMSBIN else MOST_COUNTED
    if not 0 <= alert.more_than <= most:
        problems.append(("more_than", f"must be a whole number from 0 to {most:,}"))
    shortest = timedelta() if alert.kind is AlertKind.SMSBIN else timedelta(seconds=1)
    if not shortest <= alert.within <= LONGEST_WITHIN:
        problems.append(("within", f"must be from {shortest.seconds}s to {LONGEST_WITHIN.days}d"))
    return problems


def _reminder_problems(alert: Alert) -> list[Problem]:
    shortest, longest = SHORTEST_REMINDER.total_seconds(), LONGEST_REMINDER.total_seconds()
    if not alert.remind_s or shortest <= alert.remind_s <= longest:
        return []
    return [("remind", f"must be 0 (none), or from {shortest / 60:.0f}m to {LONGEST_REMINDER.days}d")]


def _email_problems(alert: Alert, *, has_mail: bool) -> list[Problem]:
    if not alert.emails:
        return []
    if len(alert.emails) > MOST_EMAILS:
        return [("emails", f"must be at most {MOST_EMAILS} addresses")]
    if any(len(each) > _MAX_EMAIL or not _EMAIL.fullmatch(each) for each in alert.emails):
        return [("emails", "must be e-mail addresses such as team@example.net")]
    return [] if has_mail else [("emails", f"cannot be used: {NO_MAIL}")]
