"""The parameters with which a listener connects."""

import pytest

from app.domain.listeners import ListenerChoice
from app.domain.roles import Role
from app.domain.search import MAX_LENGTH
from app.errors import Invalid
from app.web.listeners.inputs import ListenInput, read_listen


def test_all_but_the_name_are_optional() -> None:
    assert read_listen({"name": "a"}) == ListenInput(name="a", cursor=None, choice=ListenerChoice())
    given = {"name": "a", "after": "0", "match": " kind:inbound ", "role": "status,primary,status", "event": "1"}
    choice = ListenerChoice(filter="kind:inbound", roles=(Role.STATUS, Role.PRIMARY), with_events=True)
    assert read_listen(given) == ListenInput(name="a", cursor=0, choice=choice)


def test_every_wrong_parameter_is_named() -> None:
    wrong = {"name": "a b", "after": "x", "match": "foo:bar", "role": "primary,x", "event": "yes", "answer": ""}
    with pytest.raises(Invalid) as error:
        read_listen(wrong)
    assert [name for name, _ in error.value.problems] == list(wrong)


@pytest.mark.parametrize("more", [0, 1])
def test_a_filter_has_at_most_so_many_characters(more: int) -> None:
    text = "a" * (MAX_LENGTH + more)
    if not more:
        assert read_listen({"name": "a", "match": text}).choice.filter == text
        return
    with pytest.raises(Invalid, match="match: must have at most 1,000 characters"):
        read_listen({"name": "a", "match": text})
