"""The form of a forward and the JSON of its input."""

from app.domain.forwards.model import EventContent, Forward, ForwardMode
from app.domain.roles import Role
from app.web.forwards.form import form_of, read_forward_form
from app.web.forwards.inputs import ForwardInput
from app.web.site.convert import convert


def test_a_form_of_a_forward_gives_that_forward_again() -> None:
    forward = Forward(name="F", url="https://x.example/", roles=(Role.STATUS,), credentials=True, timeout_s=20)
    assert convert(form_of(forward).raw(), ForwardInput).forward == forward


def test_the_form_has_only_what_its_mode_has() -> None:
    event = Forward(name="F", url="https://x.example/", mode=ForwardMode.EVENT, event_content=EventContent.THIN)
    assert convert(form_of(event).raw(), ForwardInput).forward == event
    hidden = read_forward_form({"mode": "event", "signature": "target", "credentials": "on"}).raw()
    assert (hidden["event_content"], "signature" in hidden, "credentials" in hidden) == ("full", False, False)
    assert read_forward_form({"mode": "event", "event_content": "raw", "credentials": "on"}).raw()["credentials"]
    assert not {"event_content", "follow_ups"} & read_forward_form({"event_content": "thin"}).raw().keys()
    quiet = Forward(name="F", url="https://x.example/", mode=ForwardMode.EVENT, follow_ups=False)
    assert convert(form_of(quiet).raw(), ForwardInput).forward == quiet
    assert read_forward_form({"mode": "event", "follow_ups": "on"}).follow_ups


def test_what_was_posted_is_read_and_trimmed() -> None:
    form = read_forward_form({"name": " F ", "role-voice": "on", "role-x": "on", "start": "first", "timeout_s": "1.5"})
    assert (form.name, form.roles, form.raw_start(), form.raw()["timeout_s"]) == ("F", ("voice",), 1, 1.5)
    assert read_forward_form({}).raw_start() is None
    assert read_forward_form({"start": "12"}).raw_start() == 12
