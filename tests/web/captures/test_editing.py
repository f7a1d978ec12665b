"""What of a posted form is a change."""

import pytest

from app.domain.edits import RequestEdit
from app.errors import Invalid
from app.web.captures.editing import read_edit
from tests.storage.builders import a_raw

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"), (b"X", b"1"))


class Captured:
    """A capture without events."""

    def __init__(self, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = FORM) -> None:
        self.raw = a_raw(body, headers=headers, target="/k")
        self.events = ()


SHOWN = {
    "field.form.0": "two\r\nlines", "field.form.1": "+1", "body": "a=two%0Alines&b=%2b1",
    "headers": "Content-Type: application/x-www-form-urlencoded\r\nX: 1",
}  # fmt: skip


def test_what_a_browser_sends_of_an_untouched_form_is_no_change() -> None:
    capture = Captured(b"a=two%0Alines&b=%2b1")
    assert read_edit(SHOWN, capture) is None
    assert read_edit({}, capture) is None
    assert read_edit({"field.form.9": "x", "unknown": "y"}, capture) is None


@pytest.mark.parametrize(
    ("name", "value", "edit"),
    [
        ("field.form.1", "+2", RequestEdit(fields={"form.1": "+2"})),
        ("field.form.0", "", RequestEdit(fields={"form.0": ""})),
        ("headers", "X: 2", RequestEdit(headers=(("X", "2"),))),
        ("headers", "", RequestEdit(headers=())),
        ("body", "a=1", RequestEdit(body="a=1")),
    ],
)
def test_each_part_can_be_changed_alone(name: str, value: str, edit: RequestEdit) -> None:
    assert read_edit(SHOWN | {name: value}, Captured(b"a=two%0Alines&b=%2b1")) == edit


def test_a_first_line_break_of_a_text_is_not_lost() -> None:
    capture = Captured(b"\nhi", headers=((b"X", b"1"),))
    assert read_edit({"body": "\r\nhi"}, capture) is None


def test_a_body_that_cannot_be_shown_cannot_be_changed() -> None:
    assert read_edit({"body": "x"}, Captured(b"\xff\xfe", headers=((b"X", b"1"),))) is None


def test_a_new_id_needs_an_old_one() -> None:
    with pytest.raises(Invalid, match="no message id"):
        read_edit({"new_id": "on", "seed": "s"}, Captured(b"a=1"))
