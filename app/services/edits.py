"""Changes before a request is sent again: which of its fields can be changed, and new ids for its messages."""

import string
from collections.abc import Iterable, Mapping

from .. import clock
from ..domain.captures import Capture, RawRequest
from ..domain.edits import EditableField, editable_fields
from ..errors import Invalid
from ..parsing import parse

# Message ids of one request that are replaced.
MOST_IDS = 50


def fields_to_edit(raw: RawRequest) -> tuple[EditableField, ...]:
    """The fields of the query, and of the body if it is a form that is not packed."""
    is_form = raw.header(b"content-encoding") is None and parse(raw).form is not None
    return editable_fields(raw, is_form=is_form)


def by_names(raw: RawRequest, pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """New values by key, for every field with each of the names. Invalid: there is none."""
    fields = fields_to_edit(raw)
    values: dict[str, str] = {}
    for name, value in pairs:
        keys = [field.key for field in fields if field.name == name]
        if not keys:
            raise Invalid(("edit.fields", f'has no field "{name[:40]}" of the query or of a form to change'))
        values |= dict.fromkeys(keys, value)
    return values


def new_ids(capture: Capture, seed: str) -> Mapping[str, str]:
    """A new id of the same shape for each message of a request, by old id; the same ones for the same seed. Invalid:
    the request has no id."""
    dice = clock.seeded(seed)
    named = [event.message_id for event in capture.events if not event.message_id.startswith("made-")]
    if not named:
        raise Invalid(("new_message_id", "cannot be set, because no message id was found in the request"))
    text = capture.raw.target + capture.raw.body.decode("latin-1")
    # For several recipients under one id the recipient is appended, which the request does not have.
    literal = [id if id in text else id.partition(":")[0] for id in dict.fromkeys(named)]
    return {id: _like(id, dice) for id in dict.fromkeys(literal[:MOST_IDS])}


def _like(id: str, dice: clock.Dice) -> str:
    """Other digits and hexadecimal letters at the same places."""
    kinds = (string.digits, "abcdef", "ABCDEF")
    return "".join(dice.choice(next((kind for kind in kinds if each in kind), each)) for each in id)
