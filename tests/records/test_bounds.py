"""The guide names the bounds that a user may reach."""

from app.records.bounds import MAX_ROW, MAX_ROWS, MAX_UNPACKED
from app.records.objects import _CHUNK
from tests.guide.written import DOCS


def test_the_guide_names_the_size_of_a_file() -> None:
    text = (DOCS / "reconciling.md").read_text()
    assert f"{MAX_UNPACKED // 1_000_000} MB after unpacking, and a million rows" in text
    assert MAX_ROWS == 1_000_000


def test_a_buffer_of_json_holds_a_whole_row() -> None:
    assert MAX_ROW % _CHUNK == 0
