"""The query parameters of the audit log: for the list, the export and the page."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from ... import clock
from ...domain.audit import AuditFilter, AuditResult
from ...domain.search.values import read_moment
from ...errors import Invalid

MAX_NAME = 200
_ACTION = re.compile(r"[a-z]+(\.[a-z-]+)?")
_WHEN = "must be a time such as 2026-11-25T14:00:00Z, or a duration ago such as 2h"


def audit_filter(query: Mapping[str, str]) -> AuditFilter:
    """The filter in these parameters; an empty one is left out. Invalid names every wrong one."""
    given = {name: query.get(name, "").strip() or None for name in ("who", "action", "bin", "result")}
    problems = [
        (name, f"must have at most {MAX_NAME} characters") for name in given if len(given[name] or "") > MAX_NAME
    ]
    action, result = given["action"], given["result"]
    if action is not None and not _ACTION.fullmatch(action):
        problems.append(("action", "must be an action such as bin.delete, or a noun such as bin"))
    if result is not None and result not in list(AuditResult):
        problems.append(("result", f"must be one of {', '.join(AuditResult)}"))
    times: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = _time(query.get(name, "").strip())
        except ValueError:
            problems.append((name, _WHEN))
    if problems:
        raise Invalid(*problems)
    return AuditFilter(
        who=given["who"], action=action, bin=given["bin"], result=None if result is None else AuditResult(result),
        since=times["since"], until=times["until"],
    )  # fmt: skip


def _time(text: str) -> datetime | None:
    if not text:
        return None
    moment = read_moment(text)
    if isinstance(moment, timedelta):
        return clock.now() - moment
    if isinstance(moment, int):
        raise ValueError("a number is not a time")
    return moment
