"""The script of a simulation: seeds, troubles, and requests that read back as what they were meant to say."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as but

from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.simulations import SimulationSpec, Traffic, Trouble
from app.domain.statuses import FAILURES
from app.providers import PROVIDERS, recognise
from app.providers.sheet import as_raw
from app.services.simulations.script import OURS, PlannedMessage, PlannedRequest, compose_request, script

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
EVERY = sorted(PROVIDERS)
# What each can play: not every provider has calls.
PLAYED = [(name, what) for what in Traffic for name in EVERY if what is not Traffic.VOICE or PROVIDERS[name].play.voice]


def _wish(provider: str = "ytel", what: Traffic = Traffic.OUTBOUND, **more: object) -> SimulationSpec:
    return SimulationSpec(provider=provider, what=what, **{"count": 40, "rate": 10.0, "seed": 7} | more)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(EVERY),
    st.sampled_from(list(Traffic)),
    st.integers(0, 9),
    st.sets(st.sampled_from(list(Trouble))),
)
def test_the_same_seed_gives_the_same_script(provider: str, what: Traffic, seed: int, trouble: set[Trouble]) -> None:
    wish = _wish(provider, what, seed=seed, count=5, trouble=frozenset(trouble))
    assert list(script(wish, AT)) == list(script(wish, AT))


def test_another_seed_gives_another_script() -> None:
    assert list(script(_wish(seed=1), AT)) != list(script(_wish(seed=2), AT))


def test_a_longer_run_begins_as_the_shorter_one_does() -> None:
    assert list(script(_wish(count=40), AT))[:10] == list(script(_wish(count=10), AT))


def test_messages_begin_at_the_rate_and_speed_draws_the_requests_of_each_together() -> None:
    slow, fast = (list(script(_wish(rate=10.0, speed=speed), AT)) for speed in (1.0, 10.0))
    assert [message.starts_s for message in slow[:3]] == [message.starts_s for message in fast[:3]] == [0.0, 0.1, 0.2]
    assert fast[0].requests[1].after_s == pytest.approx(slow[0].requests[1].after_s / 10)


@pytest.mark.parametrize("name", EVERY)
def test_the_words_of_each_provider_lead_to_its_own_end(name: str) -> None:
    for share in (0.0, 1.0):
        (message,) = script(_wish(name, count=1, failed_share=share), AT)
        *before, last = (_event(name, request, Role.STATUS) for request in message.requests)
        assert last.final
        assert (last.status in FAILURES) is (share == 1.0)
        assert not any(event.final for event in before)


@pytest.mark.parametrize(("name", "what"), PLAYED)
def test_every_request_is_recognised_as_its_provider_and_reads_back(name: str, what: Traffic) -> None:
    role = {
        Traffic.INBOUND: Role.PRIMARY,
        Traffic.OUTBOUND: Role.STATUS,
        Traffic.VOICE: Role.VOICE,
    }[what]
    for message in script(_wish(name, what, count=3), AT):
        for request in message.requests:
            event = _event(name, request, role)
            assert (event.kind, event.message_id) == (request.spec.kind, message.message_id)
            assert event.recipient == request.spec.recipient
            # MessageBird's reports do not name the sender.
            assert event.sender == (None if (name, what) == ("messagebird", Traffic.OUTBOUND) else request.spec.sender)


def _event(name: str, request: PlannedRequest, role: Role) -> Event:
    """The one event of a request, which is recognised without being told who sends it."""
    made = compose_request(PROVIDERS[name], request.spec, frozenset())
    reading = recognise(as_raw(made, "/0123456789abcdef", AT), role)
    assert (reading.provider, reading.problem) == (name, None)
    (event,) = reading.events
    return event


def _callbacks(messages: list[PlannedMessage]) -> list[str | None]:
    return [request.spec.raw_status for message in messages for request in message.requests]


def test_lost_callbacks_are_a_tenth_and_are_reported() -> None:
    messages = list(script(_wish(count=500, trouble=frozenset({Trouble.LOSE})), AT))
    whole = list(script(_wish(count=500), AT))
    dropped = sum(len(message.dropped) for message in messages)
    assert len(_callbacks(messages)) + dropped == len(_callbacks(whole))
    assert 60 <= dropped <= 140


def test_an_inbound_message_is_never_lost() -> None:
    messages = list(script(_wish(what=Traffic.INBOUND, trouble=frozenset({Trouble.LOSE})), AT))
    assert all(len(message.requests) == 1 for message in messages)


def test_doubled_requests_are_a_tenth_and_the_same_to_the_letter() -> None:
    messages = list(script(_wish(count=500, trouble=frozenset({Trouble.DUPLICATE})), AT))
    twins = [(message, request) for message in messages for request in message.requests if request.twin]
    assert 60 <= len(twins) <= 140
    for message, twin in twins:
        assert any(request.spec == twin.spec and not request.twin for request in message.requests)


def test_shuffled_callbacks_keep_their_words_and_the_times_of_the_act() -> None:
    before = list(script(_wish("twilio", count=30), AT))
    after = list(script(_wish("twilio", count=30, trouble=frozenset({Trouble.SHUFFLE})), AT))
    assert [sorted(request.spec.raw_status or "" for request in message.requests) for message in before] == [
        sorted(request.spec.raw_status or "" for request in message.requests) for message in after
    ]
    assert _callbacks(before) != _callbacks(after)
    for message in after:
        times = [request.after_s for request in message.requests]
        assert times == sorted(times)


def _written(*trouble: Trouble, text: str = "Größe 42") -> tuple[str, bytes, dict[str, str]]:
    (message,) = script(_wish(what=Traffic.INBOUND, count=1, text=text, sender="+14155550107"), AT)
    made = compose_request(PROVIDERS["ytel"], message.requests[0].spec, frozenset(trouble))
    return made.method, made.body or made.query.encode(), dict(made.headers)


def test_a_raw_plus_stands_as_it_is_in_the_form() -> None:
    _, body, _ = _written(Trouble.RAW_PLUS)
    assert b"From=+14155550107" in body
    assert b"%2B" not in body


def test_latin1_is_one_byte_a_letter() -> None:
    _, body, _ = _written(Trouble.LATIN1)
    assert b"Gr%F6%DFe" in body


def test_a_get_carries_the_same_fields_in_its_query() -> None:
    method, query, headers = _written(Trouble.GET)
    _, body, _ = _written()
    assert method == "GET"
    assert parse_qsl(query.decode()) == parse_qsl(body.decode())
    assert "Content-Type" not in headers


def test_troubles_of_writing_leave_json_alone() -> None:
    (message,) = script(_wish("telnyx", Traffic.INBOUND, count=1), AT)
    sheet = PROVIDERS["telnyx"]
    assert compose_request(sheet, message.requests[0].spec, frozenset(Trouble)) == compose_request(
        sheet, message.requests[0].spec, frozenset()
    )


def test_texts_are_taken_as_they_are_and_emoji_on_request() -> None:
    (said,) = script(_wish(what=Traffic.INBOUND, count=1, text="{code} as it is"), AT)
    assert said.requests[0].spec.text == "{code} as it is"
    emoji = list(script(_wish(what=Traffic.INBOUND, trouble=frozenset({Trouble.EMOJI})), AT))
    assert all(not (message.requests[0].spec.text or "").isascii() for message in emoji)


def test_numbers_are_fictional_unless_given() -> None:
    messages = list(script(_wish(what=Traffic.INBOUND, count=100), AT))
    assert all(message.requests[0].spec.sender[5:10] == "55501" for message in messages)
    assert {message.requests[0].spec.recipient for message in messages} == {OURS}
    wish = but(_wish(), sender="+12125550199", recipient="+14155550123")
    assert {(message.requests[0].spec.sender, message.requests[0].spec.recipient) for message in script(wish, AT)} == {
        ("+12125550199", "+14155550123")
    }


def test_a_picture_comes_with_inbound_messages_only() -> None:
    media = ("https://media.example.net/1.jpg",)
    (inbound,) = script(_wish("twilio", Traffic.INBOUND, count=1, media=media), AT)
    (outbound,) = script(_wish("twilio", Traffic.OUTBOUND, count=1, media=media), AT)
    assert inbound.requests[0].spec.media == media
    assert {request.spec.media for request in outbound.requests} == {()}
    assert inbound.requests[0].spec.kind is Kind.INBOUND
