"""The operation of the API for exports, as the OpenAPI document has it."""

from ...export import EXPORTERS, WHATS
from ..site import parameters
from ..site.operations import Operation, Operations, Success

EXPORT_QUERY = (
    parameters.choice("of", WHATS, "captures", "What of the bin."),
    parameters.choice("format", tuple(EXPORTERS), "jsonl", "How; har takes captures only."),
    parameters.matching(),
)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/export"): Operation(
        tag="Captures",
        id="export",
        summary="Everything in one file, oldest first",
        description=(
            "Streamed; what arrives meanwhile is left to the next export. jsonl: the objects of `GET"
            " .../captures/{n}`, or of the message list, one a line. csv: the fields of a summary in their order, lists"
            " and objects as JSON, null as an empty cell; a cell that a spreadsheet would take for a formula begins"
            " with an apostrophe, phone numbers stay as they are. har: HAR 1.2, bodies that are no text as base64. A"
            " connection that breaks off in front of the last chunk means that the file is not whole."
        ),
        success=Success(media=tuple(exporter.content_type for exporter in EXPORTERS.values())),
        query=EXPORT_QUERY,
        errors=(404,),
    ),
}
