"""What is composed reads back as what went in, for every provider that has a sheet."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.captures import Reading
from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.statuses import FAILURES, Status
from app.providers import PROVIDERS, recognise
from app.providers.sheet import RequestSpec, Sheet, as_raw

from .requests import RECEIVED_AT

URL = "https://bin.example.net/0123456789abcdef"
# How many pictures an inbound request holds at most, where it is not any number.
MOST_MEDIA = {"aws": 0, "clicksend": 1, "vonage": 1}

NAMES = st.sampled_from(sorted(PROVIDERS))
DIGITS = st.integers(0, 99).map("{:02}".format)
NUMBERS = st.one_of(
    st.builds("+1{}55501{}".format, st.sampled_from(["415", "714", "949"]), DIGITS),
    st.builds("+447700900{}".format, st.integers(0, 999).map("{:03}".format)),
)
# Everything that a text may hold: signs that mean something in forms and in JSON, right-to-left marks, emoji with
# their joiners, line breaks, the null character. Half a surrogate pair is no character.
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("&=+%;?#\"'\\<>\n\r\t \u202e\u2066\u2069\u200d\ufe0f\0éß€漢👩👧🏽"),
    ),
    max_size=200,
)
MEDIA = st.lists(st.integers(0, 999).map("https://media.example.net/{}.jpg".format), max_size=4, unique=True)
TIMES = st.integers(1_420_070_400, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))

# The ids that a provider gives: others would not look like its own.
IDS: dict[str, Callable[[uuid.UUID, str, Kind], str]] = {
    "twilio": lambda made, _, kind: ("CA" if kind is Kind.VOICE else "SM") + made.hex,
    "sinch": lambda made, recipient, kind: f"{made.hex}:{recipient}" if kind is Kind.STATUS else made.hex,
}


def _id(provider: str, id: uuid.UUID, recipient: str, kind: Kind) -> str:
    make = IDS.get(provider)
    return str(id) if make is None else make(id, recipient, kind)


def _read(sheet: Sheet, wish: RequestSpec, role: Role) -> tuple[Reading, Event]:
    """The one event of a composed request; detection finds the same as the sheet that is asked by name."""
    raw = as_raw(sheet.compose(wish), "/0123456789abcdef", RECEIVED_AT)
    reading = recognise(raw, role, sheet.name)
    assert recognise(raw, role) == reading
    assert reading.problem is None
    assert len(reading.events) == 1
    return reading, reading.events[0]


@settings(deadline=None)
@given(
    NAMES, st.uuids(version=4), NUMBERS, NUMBERS, TEXTS, MEDIA, TIMES, st.sampled_from([Role.PRIMARY, Role.FALLBACK])
)
def test_an_inbound_message_reads_back(
    name: str, id: uuid.UUID, sender: str, recipient: str, text: str, media: list[str], at: datetime, role: Role
) -> None:
    sheet = PROVIDERS[name]
    wish = RequestSpec(
        kind=Kind.INBOUND,
        message_id=_id(name, id, recipient, Kind.INBOUND),
        sender=sender,
        recipient=recipient,
        text=text,
        raw_status=None,
        media=tuple(media)[: MOST_MEDIA.get(name)],
        error_code=None,
        at=at,
        url=URL,
    )
    reading, event = _read(sheet, wish, role)
    assert (reading.provider, event.kind, event.message_id) == (name, Kind.INBOUND, wish.message_id)
    assert (event.sender, event.recipient) == (sender, recipient)
    # A picture without a word under it has an empty text or none, as the provider has it.
    assert event.text == text or (wish.media and not text and event.text is None)
    assert (event.status, event.final) == (Status.RECEIVED, True)
    assert event.media == wish.media


@st.composite
def _callbacks(draw: st.DrawFn) -> tuple[Sheet, RequestSpec]:
    sheet = PROVIDERS[draw(NAMES)]
    said = draw(
        st.sampled_from(sorted(word for word, meant in sheet.words.items() if meant.status is not Status.RECEIVED))
    )
    failed = sheet.word(said).status in FAILURES
    recipient = draw(NUMBERS)
    return sheet, RequestSpec(
        kind=Kind.STATUS,
        message_id=_id(sheet.name, draw(st.uuids(version=4)), recipient, Kind.STATUS),
        sender=draw(NUMBERS),
        recipient=recipient,
        text=draw(TEXTS),
        raw_status=said,
        media=(),
        error_code=draw(st.sampled_from(sorted(sheet.errors))) if failed and sheet.errors else None,
        at=draw(TIMES),
        url=URL,
    )


@settings(deadline=None)
@given(_callbacks())
def test_a_status_callback_reads_back(made: tuple[Sheet, RequestSpec]) -> None:
    sheet, wish = made
    reading, event = _read(sheet, wish, Role.STATUS)
    word = sheet.word(wish.raw_status)
    assert (reading.provider, event.kind, event.message_id) == (sheet.name, Kind.STATUS, wish.message_id)
    assert event.recipient == wish.recipient
    # Some name the sender, the text or the error in a callback and some do not; nobody names another.
    assert event.sender in (wish.sender, None)
    assert event.text in (wish.text, None)
    assert (event.status, event.final) == (word.status, word.final)
    assert event.raw_status is not None
    assert sheet.word(event.raw_status) == word
    assert event.error_code == wish.error_code


@settings(deadline=None)
@given(
    st.sampled_from(
        sorted(
            name
            for name, sheet in PROVIDERS.items()
            if any(field.role is Role.VOICE for field in sheet.portal.fields)
        )
    ),
    st.uuids(version=4), NUMBERS, NUMBERS, TIMES,
)  # fmt: skip
def test_a_call_reads_back(name: str, id: uuid.UUID, sender: str, recipient: str, at: datetime) -> None:
    wish = RequestSpec(
        kind=Kind.VOICE,
        message_id=_id(name, id, recipient, Kind.VOICE),
        sender=sender,
        recipient=recipient,
        text=None,
        raw_status=None,
        media=(),
        error_code=None,
        at=at,
        url=URL,
    )
    reading, event = _read(PROVIDERS[name], wish, Role.VOICE)
    assert (reading.provider, event.kind, event.message_id) == (name, Kind.VOICE, wish.message_id)
    assert (event.sender, event.recipient) == (sender, recipient)


@pytest.mark.parametrize("sheet", PROVIDERS.values(), ids=PROVIDERS)
def test_a_sheet_says_what_people_need(sheet: Sheet) -> None:
    assert sheet.title
    assert sheet.times
    assert {field.role for field in sheet.portal.fields} >= {Role.PRIMARY}
    assert datetime.fromisoformat(sheet.portal.checked)
    assert all(name == name.lower() for name in sheet.meanings)
    assert all(word == word.lower().replace("_", "").replace("-", "") for word in sheet.words)
