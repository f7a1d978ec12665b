"""New message ids, and fields by their names."""

import pytest

from app.domain.events import Event
from app.domain.roles import Kind
from app.errors import Invalid
from app.services.edits import MOST_IDS, by_names, fields_to_edit, new_ids
from tests.storage.builders import a_raw

FORM = ((b"Content-Type", b"application/x-www-form-urlencoded"),)


class Captured:
    """A capture with events of these ids."""

    def __init__(self, body: bytes, *ids: str) -> None:
        self.raw = a_raw(body)
        self.events = tuple(Event(kind=Kind.STATUS, message_id=id) for id in ids)


def test_a_new_id_has_the_shape_of_the_old_one() -> None:
    old = "SM0123456789abcdefABCDEF-xyz"
    (new,) = new_ids(Captured(old.encode(), old), "seed").values()
    assert new != old
    for before, after in zip(old, new, strict=True):
        kind = next((kind for kind in ("0123456789", "abcdef", "ABCDEF") if before in kind), before)
        assert after in kind
    assert new_ids(Captured(old.encode(), old), "seed") == {old: new}
    assert new_ids(Captured(old.encode(), old), "other") != {old: new}


def test_of_an_id_with_its_recipient_the_part_in_the_request_is_replaced() -> None:
    assert list(new_ids(Captured(b"batch-12", "batch-12:+1415", "batch-12:+1416"), "s")) == ["batch-12"]


def test_a_request_without_an_id_gets_no_new_one() -> None:
    with pytest.raises(Invalid, match="no message id"):
        new_ids(Captured(b"", "made-0123"), "s")


@pytest.mark.parametrize("more", [0, 1])
def test_a_request_has_a_limited_number_of_new_ids(more: int) -> None:
    ids = [f"id-{n}" for n in range(MOST_IDS + more)]
    assert len(new_ids(Captured(" ".join(ids).encode(), *ids), "s")) == MOST_IDS


def test_a_name_stands_for_all_fields_of_that_name() -> None:
    raw = a_raw(b"To=1&From=2&To=3", headers=FORM, target="/k?To=0")
    assert by_names(raw, [("To", "x")]) == {"query.0": "x", "form.0": "x", "form.2": "x"}
    with pytest.raises(Invalid, match='no field "Nothing"'):
        by_names(raw, [("Nothing", "x")])


def test_a_packed_body_and_json_have_no_fields() -> None:
    assert fields_to_edit(a_raw(b"a=1", headers=(*FORM, (b"Content-Encoding", b"gzip")), target="/k")) == ()
    assert fields_to_edit(a_raw(b'{"a": "b&c"}', headers=((b"Content-Type", b"application/json"),), target="/k")) == ()
