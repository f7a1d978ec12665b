"""The operations of the API for the audit log, as the OpenAPI document has them."""

from ...domain.audit import AuditResult
from ..site import parameters
from ..site.operations import Operation, Operations, Success
from .inputs import MAX_NAME
from .shapes import AuditList

EXPORT_QUERY = (
    parameters.in_query("who", "The name of a token or user.", type="string", maxLength=MAX_NAME),
    parameters.in_query("action", "An action such as `bin.delete`, or a noun such as `bin`.", type="string"),
    parameters.in_query("bin", "The id of a bin, also of a deleted one.", type="string", maxLength=MAX_NAME),
    parameters.in_query("result", "How it ended.", type="string", enum=[result.value for result in AuditResult]),
    parameters.in_query("since", "From this time on: RFC 3339, or a duration ago such as `2h`.", type="string"),
    parameters.in_query("until", "Before this time.", type="string"),
)
LIST_QUERY = (
    parameters.limit(),
    parameters.cursor("before"),
    parameters.number("after", "Entries with a higher number, oldest first."),
    *EXPORT_QUERY,
)

OPERATIONS: Operations = {
    ("get", "/api/v1/audit"): Operation(
        tag="Audit",
        id="listAudit",
        summary="Who did what, newest first",
        description=(
            "With `after`, oldest first; `next` is then the `after` of the next page. A reader that continues from"
            " there gets each entry once, with its result: entries of requests that are being handled come afterwards."
        ),
        success=Success(shape=AuditList),
        query=LIST_QUERY,
    ),
    ("get", "/api/v1/audit/export"): Operation(
        tag="Audit",
        id="exportAudit",
        summary="The audit log as JSON Lines, oldest first",
        success=Success(media=("application/x-ndjson",)),
        query=EXPORT_QUERY,
    ),
}
