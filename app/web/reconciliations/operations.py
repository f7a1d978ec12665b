"""The operations of the API for reconciliations, as the OpenAPI document has them."""

from ...domain.reconciliation.mapping import RecordMapping
from ...domain.reconciliation.verdicts import RecordReason, RecordVerdict
from ..site import parameters
from ..site.operations import Operation, Operations, Success
from ..site.parameters import in_query
from .inputs import CompareInput, ReconstructInput
from .shapes import (
    ReconciliationList,
    ReconciliationRecords,
    ReconciliationShape,
    ReconstructedList,
    RecordMappingShape,
)

_ALL = "/api/v1/bins/{bin}/reconciliations"
_ONE = _ALL + "/{id}"
_MAPPING = "/api/v1/bins/{bin}/record-mapping"

LIST_QUERY = (parameters.limit(), parameters.cursor("before"))
CREATE_QUERY = (
    in_query("file", "The name of the file, for the list.", type="string", maxLength=300),
    in_query("zone", "Of times without a zone: UTC, +02:00, Europe/Berlin. Without it, estimated.", type="string"),
    in_query("keep_rows", "1: keep the rows of lost records, with their texts.", type="integer", minimum=0, maximum=1),
    in_query("mapping", "What the columns are, as JSON, if they are not known. Remembered.", type="string"),
)
RECORDS_QUERY = (
    in_query("verdict", "Only records with this verdict.", type="string", enum=[each.value for each in RecordVerdict]),
    in_query("reason", "Only records with this reason.", type="string", enum=[each.value for each in RecordReason]),
    parameters.limit(),
    parameters.cursor("after"),
)
EXPORT_QUERY = (
    *RECORDS_QUERY[:2],
    parameters.choice("columns", ("kept", "file"), "kept", "What is kept of all records, or the rows of lost ones."),
    parameters.masked_file(),
)
_RECEIVED = (
    "The body is the file: CSV, TSV, JSON or JSON Lines, also as gzip or as a zip archive with one member, at most"
    " 60 MiB as it is sent, 100 MB unpacked, 1,000,000 rows; or a form with the part `file` at its end. The file is"
    " deleted after 15 minutes; only ids, numbers, times, statuses and a keyed hash of each text are kept. The same"
    " file leads to the same id, and is compared again. `GET` its Location until `state` is done, failed, canceled or"
    " needs_columns."
)

OPERATIONS: Operations = {
    ("post", _ALL): Operation(
        tag="Reconciliations",
        id="reconcile",
        summary="Compare a provider's file with a bin",
        description=_RECEIVED,
        success=Success(status=202, shape=ReconciliationShape, has_location=True),
        query=CREATE_QUERY,
        errors=(404, 408, 409, 413),
    ),
    ("get", _ALL): Operation(
        tag="Reconciliations",
        id="listReconciliations",
        summary="List results, newest first",
        success=Success(shape=ReconciliationList),
        query=LIST_QUERY,
        errors=(404,),
    ),
    ("get", _ONE): Operation(
        tag="Reconciliations",
        id="getReconciliation",
        summary="The state of a comparison, and its result",
        success=Success(shape=ReconciliationShape),
        errors=(404,),
    ),
    ("delete", _ONE): Operation(
        tag="Reconciliations",
        id="deleteReconciliation",
        summary="Delete a result, or end the comparison",
        success=Success(status=204),
        errors=(404,),
    ),
    ("post", _ONE + "/again"): Operation(
        tag="Reconciliations",
        id="reconcileAgain",
        summary="Compare the same file with other settings",
        description="Within 15 minutes after it was received; then 404.",
        success=Success(status=202, shape=ReconciliationShape),
        body=CompareInput,
        errors=(404, 409),
    ),
    ("get", _ONE + "/records"): Operation(
        tag="Reconciliations",
        id="listRecords",
        summary="The records of a result, in the order of the file",
        success=Success(shape=ReconciliationRecords),
        query=RECORDS_QUERY,
        errors=(404,),
    ),
    ("get", _ONE + "/export"): Operation(
        tag="Reconciliations",
        id="exportReconciliation",
        summary="The records of a result as CSV",
        description="What is kept of each record, with verdict, reason and captures; or the lost records only, with"
        " the columns of the file: 409 if their rows were not kept. `smsbin reconcile --export` writes all records with"
        " the columns of the file, because it has the file.",
        success=Success(media=("text/csv",)),
        query=EXPORT_QUERY,
        errors=(404, 409),
    ),
    ("post", _ONE + "/replays"): Operation(
        tag="Reconciliations",
        id="replayRecords",
        summary="Send lost records as the provider's requests to a URL",
        description="Each has the header X-Smsbin-Reconstructed. Nothing is stored.",
        success=Success(status=201, shape=ReconstructedList),
        body=ReconstructInput,
        errors=(404,),
    ),
    ("get", _MAPPING): Operation(
        tag="Reconciliations",
        id="getRecordMapping",
        summary="What the columns of a file are, if they are not known",
        success=Success(shape=RecordMappingShape),
        errors=(404, 409),
    ),
    ("put", _MAPPING): Operation(
        tag="Reconciliations",
        id="setRecordMapping",
        summary="Set the record mapping of a bin",
        success=Success(shape=RecordMappingShape),
        body=RecordMapping,
        errors=(404,),
    ),
    ("delete", _MAPPING): Operation(
        tag="Reconciliations",
        id="removeRecordMapping",
        summary="Remove the record mapping of a bin",
        success=Success(status=204),
        errors=(404,),
    ),
}
