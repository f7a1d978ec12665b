"""Files are recognised by the names of their columns."""

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.domain.statuses import Status, Word
from app.records.recognising import because_of, recognise_columns, shape_of_mapping
from app.records.shapes import SHAPES

from .support import FILES, opened, sample

PROVIDERS = {
    "bandwidth", "clicksend", "infobip", "messagebird", "plivo", "signalwire", "sinch", "telnyx", "twilio", "vonage",
    "ytel",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_sample_is_recognised_as_its_provider(name: str) -> None:
    file = opened(sample(name))
    assert file.provider == name.partition("-")[0]
    assert file.because.startswith("because of the columns ")


def test_there_is_a_sample_for_every_provider() -> None:
    assert {shape.provider for shape in SHAPES} == PROVIDERS == {name.partition("-")[0] for name in FILES}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_a_file_with_all_needed_columns_has_its_shape(shape) -> None:
    assert recognise_columns([name.upper() + " " for name in shape.needs]) is shape


def test_the_reason_names_the_columns_as_the_file_spells_them() -> None:
    columns = ["From", "To", "Body", "STATUS", "SentDate", "Sid", "Direction"]
    shape = recognise_columns(columns)
    assert shape is not None
    assert because_of(shape, columns) == "because of the columns From, To, STATUS, SentDate, Sid, Direction"


def test_other_columns_are_no_shape() -> None:
    assert recognise_columns(["from", "to", "text"]) is None
    assert recognise_columns([]) is None


def test_a_mapping_is_a_shape() -> None:
    mapping = RecordMapping(
        columns=RecordColumns(id="Nr", sender=" Von "),
        directions={"Ein": Direction.INBOUND},
        statuses={"Zu-gestellt": Status.DELIVERED},
    )
    shape = shape_of_mapping(mapping)
    assert shape.columns == {"id": ("nr",), "from": ("von",)}
    assert shape.needs == {"nr", "von"}
    assert shape.directions == {"ein": Direction.INBOUND}
    assert shape.words == {"zugestellt": Word(Status.DELIVERED, final=True)}
