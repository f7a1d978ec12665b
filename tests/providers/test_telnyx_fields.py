"""The meanings of Telnyx's fields."""

from app.providers.kit.glance import Glance
from app.providers.telnyx_fields import MEANINGS

from .requests import read_sample
from .test_samples import FILES


def _fields() -> set[str]:
    glances = [Glance(read_sample(path)[0]) for path in FILES if path.parent.name == "telnyx"]
    names = {name for glance in glances for name in glance.fields}
    return {".".join(part for part in name.split(".") if not part.isdigit()) for name in names}


def test_the_fields_that_tell_what_a_request_is_have_a_meaning() -> None:
    told = {"data.event_type", "data.payload.id", "data.payload.direction", "data.payload.to.status"}
    assert told <= set(MEANINGS) & _fields()
    assert {"data.payload.body.text", "data.payload.to.agent_id"} <= set(MEANINGS) & _fields()


def test_names_are_spelled_as_they_are_looked_up() -> None:
    assert all(name == name.lower() and not any(part.isdigit() for part in name.split(".")) for name in MEANINGS)
