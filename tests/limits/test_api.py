"""Traffic a call may send and ask for."""

import io
import json

import pytest

from app import clock
from app.domain import replays as replaying
from app.domain import simulations as simulation
from app.domain.bins import KEY, KEY_LENGTH, NAME_LENGTH
from app.domain.replays import read_selection
from app.domain.simulations import SimulationSpec, Traffic
from app.egress.gate import check_target
from app.errors import Invalid
from app.services.upkeep.settling import LONGEST_WAIT
from app.web.captures import api as captures
from app.web.simulations.inputs import (
    MOST_MEDIA,
    MOST_PARTY,
    MOST_SEED,
    MOST_SPEED,
    MOST_TEXT,
    MOST_URL,
    SimulationInput,
)
from app.web.site import inputs, parameters
from app.web.site.convert import convert
from tests.conftest import Running


async def _status(server: Running, method: str, path: str, **more: object) -> int:
    async with server.client.request(method, f"{server.api}{path}", **more) as answer:
        await answer.read()
        return answer.status


async def test_a_body_has_so_many_bytes(server: Running) -> None:
    headers = {"Content-Type": "application/json"}
    for size, status in ((inputs.MAX_BYTES, 201), (inputs.MAX_BYTES + 1, 413)):
        body = io.BytesIO(b'{"name": "Padded"}'.ljust(size))
        assert await _status(server, "POST", "/bins", data=body, headers=headers) == status


async def test_a_bin_has_a_name_of_so_many_characters(server: Running) -> None:
    for length, status in ((NAME_LENGTH, 201), (NAME_LENGTH + 1, 422)):
        assert await _status(server, "POST", "/bins", json={"name": "n" * length}) == status


async def test_a_list_is_asked_for_in_numbers_within_their_bounds(server: Running) -> None:
    """Waiting is cut short by what is there already."""
    path = f"/bins/{server.bin.id}/captures"
    await (await server.client.post(server.capture_url, data=b"Text=hi")).read()
    for query, status in (
        (f"limit={inputs.MAX_LIMIT}", 200),
        (f"limit={inputs.MAX_LIMIT + 1}", 422),
        (f"after=0&wait={inputs.MAX_WAIT_S}", 200),
        (f"after=0&wait={inputs.MAX_WAIT_S + 1}", 422),
        (f"before={captures.HIGHEST}", 200),
        (f"before={captures.HIGHEST + 1}", 422),
    ):
        assert await _status(server, "GET", f"{path}?{query}") == status, query
    assert parameters.HIGHEST == captures.HIGHEST


def test_a_page_has_so_many_items_where_nobody_says() -> None:
    assert inputs.limit_of({}) == inputs.DEFAULT_LIMIT <= inputs.MAX_LIMIT
    assert inputs.limit_of({"limit": str(inputs.DEFAULT_LIMIT + 1)}) == inputs.DEFAULT_LIMIT + 1


async def test_so_many_captures_are_replayed_at_once(server: Running) -> None:
    path = f"/bins/{server.bin.id}/replays"
    for count, status in ((replaying.MOST_AT_ONCE, 404), (replaying.MOST_AT_ONCE + 1, 422)):
        body = {"captures": list(range(1, count + 1)), "url": "https://example.net/"}
        assert await _status(server, "POST", path, json=body) == status


def test_a_selection_names_so_many_captures_in_one_range() -> None:
    assert len(read_selection(f"1-{replaying.MOST_AT_ONCE}")) == replaying.MOST_AT_ONCE
    with pytest.raises(ValueError, match="at most 50"):
        read_selection(f"1-{replaying.MOST_AT_ONCE + 1}")


@pytest.mark.parametrize(
    ("field", "most", "more"),
    [
        ("count", simulation.MOST_MESSAGES, simulation.MOST_MESSAGES + 1),
        ("rate", simulation.MOST_A_SECOND, simulation.MOST_A_SECOND + 0.5),
    ],
)
def test_a_simulation_has_so_many_messages_at_such_a_rate(field: str, most: float, more: float) -> None:
    assert getattr(_simulation(**{field: most}), field) == most
    with pytest.raises(Invalid) as refused:
        _simulation(**{field: more})
    assert [name for name, _ in refused.value.problems] == [field]


def _simulation(**fields: object) -> SimulationSpec:
    return convert({"provider": "ytel", "what": "inbound"} | fields, SimulationInput).simulation()


PICTURE = "https://example.net/a.jpg"


@pytest.mark.parametrize(
    ("field", "most", "more"),
    [
        ("text", "t" * MOST_TEXT, "t" * (MOST_TEXT + 1)),
        ("from", "1" * MOST_PARTY, "1" * (MOST_PARTY + 1)),
        ("to", "1" * MOST_PARTY, "1" * (MOST_PARTY + 1)),
        ("media", [PICTURE] * MOST_MEDIA, [PICTURE] * (MOST_MEDIA + 1)),
        ("media", [PICTURE.ljust(MOST_URL, "a")], [PICTURE.ljust(MOST_URL + 1, "a")]),
        ("speed", MOST_SPEED, MOST_SPEED + 0.5),
        ("seed", MOST_SEED, MOST_SEED + 1),
        ("failed_share", 1, 1.01),
    ],
)
def test_what_a_simulated_message_holds_is_bounded(field: str, most: object, more: object) -> None:
    _simulation(**{field: most})
    with pytest.raises(Invalid) as refused:
        _simulation(**{field: more})
    assert [name for name, _ in refused.value.problems] == [field]


def test_an_address_to_send_to_has_so_many_characters() -> None:
    longest = "https://example.net/".ljust(2_000, "a")
    assert check_target("url", longest) == longest
    with pytest.raises(Invalid, match="at most 2,000 characters"):
        check_target("url", longest + "a")


async def test_to_the_urls_of_others_a_simulation_is_slower(server: Running) -> None:
    path = f"/bins/{server.bin.id}/simulations"
    body = {"provider": "ytel", "what": "inbound", "targets": {"primary": "http://127.0.0.1:8999/"}}
    for rate, status in ((simulation.MAX_EXTERNAL_RATE, 202), (simulation.MAX_EXTERNAL_RATE + 0.5, 422)):
        assert await _status(server, "POST", path, data=json.dumps(body | {"rate": rate}),
                             headers={"Content-Type": "application/json"}) == status  # fmt: skip


def test_where_nobody_says_this_share_fails() -> None:
    assert SimulationSpec(provider="ytel", what=Traffic.OUTBOUND).failed_share == simulation.FAILED_SHARE


def test_a_key_and_an_id_have_their_lengths() -> None:
    assert len(clock.new_key()) == KEY_LENGTH
    assert len(clock.new_id()) == clock.ID_LENGTH
    assert KEY.fullmatch("0" * KEY_LENGTH)
    assert not KEY.fullmatch("0" * (KEY_LENGTH + 1))
    assert not KEY.fullmatch("0" * (KEY_LENGTH - 1))


def test_no_answer_is_held_back_longer_than_a_restart_waits_for_its_end() -> None:
    """The slowest body, the longest fault, the slowest reader, one after the other."""
    from app.domain.answers.limits import MOST_DELAY_MS
    from app.domain.faults import MOST_SECONDS
    from app.ingress.answering import SEND_S
    from app.ingress.body import BODY_S, DROP_S
    from app.store import COMMIT_WAIT_S

    held_s = max(MOST_SECONDS, MOST_DELAY_MS / 1_000)
    assert BODY_S + DROP_S + COMMIT_WAIT_S + held_s + SEND_S <= LONGEST_WAIT.total_seconds()
