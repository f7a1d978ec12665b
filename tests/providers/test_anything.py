"""Whatever is sent, no sheet raises: asked directly, so that nothing hides a fault."""

import json
from functools import cache
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.captures import RawRequest
from app.domain.roles import Role
from app.providers import PROVIDERS, generic, recognise
from app.providers.kit.glance import Glance
from tests.storage.builders import a_raw

from .requests import RECEIVED_AT
from .test_samples import FILES, read_sample


@cache
def _names() -> tuple[str, ...]:
    """Every name that the providers use, in their spelling: fields of forms, and parts of JSON paths."""
    found: set[str] = set()
    for path in FILES:
        look = Glance(read_sample(path)[0])
        found.update(name for name, _ in look.pairs)
        found.update(part for name, _ in look.pairs for part in name.split(".") if not part.isdigit())
    for sheet in PROVIDERS.values():
        found.update(part for name in sheet.meanings for part in name.split("."))
    return tuple(sorted(found))


@cache
def _values() -> tuple[str, ...]:
    """Values of the samples, so that the readers get past their first questions."""
    found = {value for path in FILES for _, value in Glance(read_sample(path)[0]).pairs}
    words = {word for sheet in PROVIDERS.values() for word in sheet.words}
    return tuple(sorted(found | words | {"", " ", "0", "null", "99999999999999999999", "2024-13-45T99:99:99Z", "٣"}))


# Making large JSON takes longer than reading it; how long anything takes is not what these tests are about.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([
            b"Content-Type", b"X-Twilio-Signature", b"I-Twilio-Idempotency-Token", b"X-SignalWire-Signature",
            b"X-Plivo-Signature-V2", b"X-Plivo-Signature-V3", b"telnyx-signature-ed25519", b"x-amz-sns-message-type",
            b"x-sinch-webhook-signature", b"MessageBird-Signature-JWT", b"User-Agent",
        ]),
        st.one_of(
            st.sampled_from([
                b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"multipart/form-data",
                b"Notification", b"telnyx-webhooks",
            ]),
            st.binary(max_size=20),
        ),
    ),
    max_size=4,
).map(tuple)  # fmt: skip
ROLES = st.sampled_from(list(Role))
KEYS = st.deferred(lambda: st.sampled_from(_names()))
TEXTS = st.deferred(lambda: st.one_of(st.sampled_from(_values()), st.text(max_size=20)))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS)
JSONS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=30,
)


@cache
def _bodies() -> tuple[object, ...]:
    return tuple(json for path in FILES if (json := Glance(read_sample(path)[0]).quick.json) is not None)


@st.composite
def _spoiled(draw: st.DrawFn) -> object:
    """A provider's JSON with one value anywhere in it put in another's place."""
    value = json.loads(json.dumps(draw(st.sampled_from(_bodies()))))
    at = value
    while True:
        places: list[object] = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not places:
            return value
        place = draw(st.sampled_from(places))
        inner = at[place]
        if not isinstance(inner, dict | list) or not draw(st.integers(0, 3)):
            at[place] = draw(JSONS)
            return value
        at = inner


def _all_hold(raw: RawRequest, role: Role) -> None:
    for sheet in PROVIDERS.values():
        reason = sheet.claims(Glance(raw))
        assert reason is None or reason
        for event in sheet.events(Glance(raw), role):
            assert event.message_id
            assert len(event.message_id) <= 500
    generic.read(Glance(raw), role)
    recognise(raw, role)


@PATIENT
@given(st.binary(max_size=300), HEADERS, ROLES, st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_bytes_make_a_sheet_raise(
    body: bytes, headers: tuple[tuple[bytes, bytes], ...], role: Role, query: str
) -> None:
    _all_hold(a_raw(body, RECEIVED_AT, headers=headers, target=f"/k?{query}"), role)


@PATIENT
@given(JSONS, HEADERS, ROLES, st.integers(0, 400))
def test_no_json_makes_a_sheet_raise(
    value: object, headers: tuple[tuple[bytes, bytes], ...], role: Role, cut: int
) -> None:
    body = json.dumps(value).encode()
    _all_hold(a_raw(body, RECEIVED_AT, headers=headers), role)
    _all_hold(a_raw(body[:cut], RECEIVED_AT, headers=((b"Content-Type", b"application/json"),)), role)


@PATIENT
@given(_spoiled(), ROLES, st.integers(1, 2_000))
def test_no_spoiled_sample_makes_a_sheet_raise(value: object, role: Role, cut: int) -> None:
    headers = ((b"Content-Type", b"application/json"),)
    body = json.dumps(value).encode()
    _all_hold(a_raw(body, RECEIVED_AT, headers=headers), role)
    _all_hold(a_raw(body[:cut], RECEIVED_AT, headers=headers), role)


@PATIENT
@given(st.lists(st.tuples(KEYS, TEXTS), max_size=12), HEADERS, ROLES)
def test_no_form_makes_a_sheet_raise(
    pairs: list[tuple[str, str]], headers: tuple[tuple[bytes, bytes], ...], role: Role
) -> None:
    form = urlencode(pairs, errors="replace")
    _all_hold(a_raw(form.encode(), RECEIVED_AT, headers=headers), role)
    _all_hold(a_raw(b"", RECEIVED_AT, headers=headers, target=f"/k?{form}"), role)


def test_deep_nesting_makes_no_sheet_raise() -> None:
    for opening in (b"[", b'{"data":', b'[{"message":', b'{"results":['):
        _all_hold(a_raw(opening * 20_000, RECEIVED_AT, headers=((b"Content-Type", b"application/json"),)), Role.PRIMARY)
