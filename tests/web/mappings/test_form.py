"""The form of a mapping: what comes in from a page is what was shown on it, and nothing is lost on the way."""

import pytest

from app.domain.mappings import FieldMapping
from app.domain.roles import Role
from app.domain.statuses import Status, Word
from app.errors import Invalid
from app.services.mapping_preview import SeenWord
from app.web.mappings.form import MOST_FIELDS, MOST_WORDS, SHOWN, MappingDraft, draft_of, first_draft, read_draft
from app.web.site.convert import convert

WHOLE = {
    "version": 1,
    "name": "Acme",
    "fields": {"from": "data.sender", "to": ["z", "a"], "media": "data.media.*"},
    "kinds": {"primary": "inbound", "voice-fallback": "status"},
    "statuses": {"1": "delivered", "DELIVRD": {"status": "sent", "final": True}, "2": {"status": "failed"}},
}


def _posted(draft: MappingDraft) -> dict[str, str]:
    """The fields that a browser sends for a form."""
    form = {"name": draft.name, **{f"kinds.{role}": kind for role, kind in draft.kinds.items()}}
    # In the order of a request, which is not that of the mapping.
    for index, field in enumerate(sorted(draft.fields, key=lambda each: each.address)):
        form |= {f"field.{index}.name": field.address, f"field.{index}.use": field.use}
        form |= {f"field.{index}.rank": str(field.rank)}
    for index, word in enumerate(draft.words):
        final = "" if word.final is None else str(word.final).lower()
        form |= {f"word.{index}.text": word.text, f"word.{index}.means": word.means, f"word.{index}.final": final}
    return form


def test_a_mapping_survives_the_form() -> None:
    mapping = convert(WHOLE, FieldMapping)
    again = read_draft(_posted(draft_of(mapping))).settle()
    assert again.fields.addresses("to") == ("z", "a")
    assert (again.name, again.kinds, again.words()) == (mapping.name, mapping.kinds, mapping.words())


def test_fields_without_a_use_and_words_without_a_meaning_are_left_out() -> None:
    form = {"name": " Acme ", "field.0.name": "a", "field.0.use": "", "field.1.name": "b", "field.1.use": "id",
            "word.0.text": "x", "word.0.means": "", "word.1.text": "y", "word.1.means": "sent"}  # fmt: skip
    draft = read_draft(form)
    assert [word.text for word in draft.words] == ["x", "y"]
    assert draft.settle() == convert(
        {"name": "Acme", "fields": {"id": "b"}, "statuses": {"y": "sent"}}, FieldMapping
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "name"),
        ({"name": "a"}, "fields"),
        ({"name": "a", "field.0.name": "x", "field.0.use": "sender"}, "fields.sender"),
        ({"name": "a", "field.0.name": "x" * 501, "field.0.use": "id"}, "fields.id"),
        ({"name": "a", "field.0.name": "x", "field.0.use": "id", "kinds.primary": "call"}, "kinds.primary"),
        ({"name": "a", "word.0.text": "w", "word.0.means": "gone"}, "statuses.w"),
        ({"name": "a", "word.0.text": "w", "word.0.means": "gone", "word.0.final": "true"}, "statuses.w.status"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_named(form: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as error:
        read_draft(form).settle()
    assert field in dict(error.value.problems)


def test_odd_names_in_a_form_are_ignored() -> None:
    odd = {"field..name": "a", "field.01.name": "a", "field.9999.name": "a", "field.x.name": "a", "field.3.use": "id",
           "word.-1.text": "a", "field.4.rank": "x"}  # fmt: skip
    assert read_draft(odd) == read_draft({})


def test_new_words_get_their_usual_meaning_and_chosen_ones_keep_theirs() -> None:
    draft = read_draft({"word.0.text": "a", "word.0.means": ""})
    seen = [
        SeenWord(text="a", count=3, word=None, usual=Status.SENT),
        SeenWord(text="b", count=2, word=None, usual=Status.FAILED),
        SeenWord(text="sent", count=1, word=Word(Status.SENT), usual=Status.SENT),
        SeenWord(text="c", count=1, word=None, usual=None),
    ]
    assert [(word.text, word.means) for word in draft.with_seen(seen).words] == [
        ("a", ""), ("b", "failed"), ("sent", ""), ("c", "")
    ]  # fmt: skip


def test_the_first_form_has_what_was_suggested() -> None:
    draft = first_draft({"data.id": "id"})
    assert draft.settle().fields.addresses("id") == ("data.id",)
    assert set(draft.kinds) == {role.value for role in Role}


@pytest.mark.parametrize("count", [MOST_WORDS, MOST_WORDS + 1])
def test_a_form_has_so_many_words(count: int) -> None:
    seen = [SeenWord(text=str(number), count=1, word=None, usual=None) for number in range(count)]
    assert len(read_draft({}).with_seen(seen).words) == MOST_WORDS


def test_the_largest_form_can_be_posted() -> None:
    assert 3 * (SHOWN + 64 + MOST_WORDS) + len(Role) + 4 <= MOST_FIELDS
