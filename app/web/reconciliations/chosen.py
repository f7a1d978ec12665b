"""The verdict and the reason in a query, for pages and the API."""

from ...domain.reconciliation.verdicts import RecordReason, RecordVerdict
from ...errors import Invalid


def chosen(query: dict[str, str]) -> tuple[RecordVerdict | None, RecordReason | None]:
    """Both, None where there is none. Invalid."""
    verdict, reason = query.get("verdict"), query.get("reason")
    problems = []
    if verdict is not None and verdict not in set(RecordVerdict):
        problems.append(("verdict", f"must be one of {', '.join(RecordVerdict)}"))
    if reason is not None and reason not in set(RecordReason):
        problems.append(("reason", f"must be one of {', '.join(RecordReason)}"))
    if problems:
        raise Invalid(*problems)
    return None if verdict is None else RecordVerdict(verdict), None if reason is None else RecordReason(reason)
