"""The JSON of a preview, and the schema of a mapping."""

from app.domain.captures import Capture, CaptureRow, Reading
from app.domain.mappings import MEANINGS, read_mapping
from app.domain.roles import Role
from app.providers.custom import CustomReader
from app.services.mapping_preview import PREVIEWED, read_by
from app.web.mappings.shapes import mapping_schema, show_preview
from tests.parsing.support import FORM, request

ACME = CustomReader(read_mapping('{"name": "Acme", "fields": {"id": "ref", "from": "who"}}'))


def _capture(n: int, body: bytes) -> Capture:
    raw = request(body, FORM)
    row = CaptureRow(
        n=n, seq=n, received_at=raw.received_at, role=Role.STATUS, method="POST", target="/", peer="", size=len(body),
        content_type=None, body_complete=True, reading=Reading(), outcome=None,
    )  # fmt: skip
    return Capture(row=row, raw=raw, sha256="")


def test_a_capture_is_shown_as_the_mapping_parses_it() -> None:
    rows = read_by([_capture(2, b"ref=m2&who=x"), _capture(1, b"a=b")], None, ACME)
    second, first = show_preview(list(rows)).items
    assert (second.n, second.mapped, second.provider, second.message_id, second.sender) == (
        2,
        True,
        "custom",
        "m2",
        "x",
    )
    assert [event.message_id for event in second.events] == ["m2"]
    assert (first.n, first.mapped, first.provider, first.kind, first.events) == (1, False, None, "status", [])


def test_a_preview_has_at_most_so_many_captures() -> None:
    rows = list(read_by([_capture(n, b"ref=m") for n in range(PREVIEWED + 1)], None, ACME))
    assert len(show_preview(rows).items) == PREVIEWED


def test_the_schema_names_every_value() -> None:
    schema = mapping_schema()
    assert set(schema["$defs"]["MappedFields"]["properties"]) == set(MEANINGS)
    assert schema["$defs"]["FieldMapping"]["required"] == ["name", "fields"]
