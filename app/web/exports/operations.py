"""The operation of the API for exports, as the OpenAPI document has it."""

from ...export import EXPORTERS, WHATS
from ...services.selections import MAX_NUMBERS
from ..site import parameters
from ..site.operations import Operation, Operations, Success

EXPORT_QUERY = (
    parameters.choice("of", WHATS, "captures", "What to export."),
    parameters.choice("format", tuple(EXPORTERS), "jsonl", "File format; har is for captures only."),
    parameters.matching(),
    parameters.numbers(MAX_NUMBERS),
    parameters.masked_file(),
)

OPERATIONS: Operations = {
    ("get", "/api/v1/bins/{bin}/export"): Operation(
        tag="Captures",
        id="export",
        summary="Everything in one file, oldest first",
        description=(
            "Streamed; requests that arrive during the export are not included. jsonl: the objects of `GET"
            " .../captures/{n}`, or of the message list, one per line. csv: the fields of a summary in order, lists and"
            " objects as JSON, null as an empty cell; a cell that a spreadsheet would run as a formula gets a leading"
            " apostrophe, phone numbers are left unchanged. har: HAR 1.2, binary bodies as base64. If the connection"
            " closes before the last chunk, the file is incomplete."
        ),
        success=Success(media=tuple(exporter.content_type for exporter in EXPORTERS.values())),
        query=EXPORT_QUERY,
        errors=(404,),
    ),
}
