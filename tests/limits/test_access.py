"""How long a session lasts and how many are remembered; what anybody may send to the sign-in form; who is a host."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from app.errors import CannotStart, Invalid
from app.services.access import HARD, IDLE, MAX_REMEMBERED, TOUCH_EVERY, Access
from app.services.token_file import find_token
from app.settings import MIN_TOKEN_LENGTH, read_settings
from app.web.answers.form import MOST_FIELDS
from app.web.site.forms import MAX_FIELDS, SMALL_BYTES
from app.web.site.hosts import _HIGHEST_PORT, _LONGEST, parse_host
from app.web.site.sign_in import SIGN_IN_BYTES
from tests.conftest import Running

from .conftest import Wall

INSTANT = timedelta(microseconds=1)


class Store:
    """Sessions that are kept, and how often they were looked for and written."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.found = self.touched = 0
        self.is_shared = False

    async def add_session(self, session: Any) -> None:
        self.kept[session.hash] = session

    async def find_session(self, key: str) -> Any:
        self.found += 1
        return self.kept.get(key)

    async def touch_session(self, key: str, at: object) -> None:
        self.touched += 1

    async def drop_session(self, key: str) -> None:
        self.kept.pop(key, None)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def access(store: Store) -> Access:
    return Access(store, "a-token-only-for-tests", made_here=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(("late", "is_known"), [(timedelta(0), True), (INSTANT, False)])
async def test_a_session_lives_so_long_without_use(access, wall: Wall, late: timedelta, is_known: bool) -> None:
    cookie = await access.sign_in()
    wall.now += IDLE + late
    assert (await access.caller_of_session(cookie) is not None) == is_known


@pytest.mark.parametrize(("late", "is_known"), [(timedelta(0), True), (INSTANT, False)])
async def test_a_session_lives_so_long_with_use(access, wall: Wall, late: timedelta, is_known: bool) -> None:
    cookie = await access.sign_in()
    began = wall.now
    while wall.now + IDLE < began + HARD:
        wall.now += IDLE
        assert await access.caller_of_session(cookie)
    wall.now = began + HARD + late
    assert (await access.caller_of_session(cookie) is not None) == is_known


@pytest.mark.parametrize(("late", "writes"), [(timedelta(0), 0), (INSTANT, 1)])
async def test_a_use_is_written_no_more_often_than_so(access, store, wall: Wall, late: timedelta, writes: int) -> None:
    cookie = await access.sign_in()
    wall.now += TOUCH_EVERY + late
    assert await access.caller_of_session(cookie)
    assert store.touched == writes


async def test_so_many_sessions_are_remembered_and_more_are_looked_up(access: Access, store: Store) -> None:
    cookies = [await access.sign_in() for _ in range(MAX_REMEMBERED)]
    assert await access.caller_of_session(cookies[0])
    assert store.found == 0
    await access.sign_in()
    assert await access.caller_of_session(cookies[0])
    assert (store.found, len(access._sessions)) == (1, 2)


async def test_no_number_of_signed_out_sessions_costs_more_memory(access: Access) -> None:
    cookies = [await access.sign_in() for _ in range(MAX_REMEMBERED + 1)]
    for cookie in cookies[:-1]:
        await access.sign_out(cookie)
    assert len(access._signed_out) == MAX_REMEMBERED
    await access.sign_out(cookies[-1])
    assert len(access._signed_out) == 1
    assert not any([await access.caller_of_session(cookie) for cookie in cookies])


def test_an_access_token_has_so_many_characters(tmp_path) -> None:
    for token, is_one in (("t" * MIN_TOKEN_LENGTH, True), ("t" * (MIN_TOKEN_LENGTH - 1), False)):
        path = tmp_path / "token"
        path.write_text(token)
        path.chmod(0o600)
        settings = read_settings({"access_token_file": str(path), "data_dir": str(tmp_path)})
        if is_one:
            assert find_token(settings) == (token, False)
            assert read_settings({"access_token": token}).access_token == token
            continue
        with pytest.raises(CannotStart, match="at least 16"):
            find_token(settings)
        with pytest.raises(Invalid, match="at least 16"):
            read_settings({"access_token": token})


async def _post(client: aiohttp.ClientSession, url: str, body: str) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post(url, data=body, headers=headers, allow_redirects=False) as answer:
        return answer.status


async def test_a_form_has_so_many_bytes_and_fields(server: Running) -> None:
    async with aiohttp.ClientSession() as charlie:
        sign_in = f"{server.url}/sign-in"
        assert await _post(charlie, sign_in, "token=" + "t" * (SIGN_IN_BYTES - 6)) == 401
        assert await _post(charlie, sign_in, "token=" + "t" * (SIGN_IN_BYTES - 5)) == 413
        fields = [(f"f{n}", "1") for n in range(MAX_FIELDS)]
        assert await _post(charlie, sign_in, urlencode(fields)) == 401
        assert await _post(charlie, sign_in, urlencode([*fields, ("more", "1")])) == 422
    simulate = f"{server.url}/bins/{server.bin.id}/simulate"
    wrong = "provider=nobody&text="
    assert await _post(server.client, simulate, wrong + "t" * (SMALL_BYTES - len(wrong))) == 422
    assert await _post(server.client, simulate, wrong + "t" * (SMALL_BYTES - len(wrong) + 1)) == 413


async def test_the_form_of_an_answer_has_so_many_fields(server: Running) -> None:
    preview = f"{server.url}/bins/{server.bin.id}/answers/preview?role=primary"
    fields = [(f"f{n}", "1") for n in range(MOST_FIELDS)]
    assert await _post(server.client, preview, urlencode(fields)) == 200
    assert await _post(server.client, preview, urlencode([*fields, ("more", "1")])) == 422


def test_the_name_of_a_host_has_so_many_characters() -> None:
    name = ".".join(["a" * 63] * 4)
    assert len(name) == _LONGEST
    assert parse_host(name) is not None
    assert parse_host(name + ".") is None


def test_a_port_is_one_that_there_is() -> None:
    assert parse_host(f"localhost:{_HIGHEST_PORT}") is not None
    assert parse_host(f"localhost:{_HIGHEST_PORT + 1}") is None
