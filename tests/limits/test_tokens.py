"""How many tokens and bins of a token there may be, how long a sign-in code is valid, and how late wrong tokens are
answered."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.access import AccessRole, AccessToken
from app.errors import Invalid
from app.services import failed_sign_ins
from app.services.failed_sign_ins import AT_ONCE, EVERY_S, LOG_EVERY_S, LONGEST_S, FailedSignIns
from app.services.sign_in_codes import CODE_S, SignInCodes
from app.services.tokens import MOST_BINS, MOST_NAME, MOST_TOKENS, NamedTokens
from app.web.tokens.page import BIN_FIELD, MOST_FIELDS
from tests.conftest import Running

from .conftest import Ticks

INSTANT = 0.001


class Store:
    """Tokens that are kept, and bins with the ids "0", "1" and so on."""

    is_shared = False

    def __init__(self, bins: int = 0) -> None:
        self.kept: list[AccessToken] = []
        self._bins = [_Bin(str(number)) for number in range(bins)]

    async def add_token(self, token: AccessToken) -> None:
        self.kept.append(token)

    async def list_tokens(self) -> list[AccessToken]:
        return self.kept

    async def all_bins(self) -> list[Any]:
        return self._bins


class _Bin:
    def __init__(self, id: str) -> None:
        self.id = id


def _tokens(store: Store) -> NamedTokens:
    return NamedTokens(store, reserved="first")  # type: ignore[arg-type]


async def _add(tokens: NamedTokens, name: str, bins: list[str] | None = None) -> None:
    await tokens.add(name=name, role=AccessRole.READ, bins=bins, expires_in=timedelta(days=1))


async def test_there_are_so_many_tokens() -> None:
    tokens = _tokens(Store())
    for number in range(MOST_TOKENS):
        await _add(tokens, f"token {number}")
    with pytest.raises(Invalid, match="Revoke one first"):
        await _add(tokens, "one more")
    assert len(tokens.all) == MOST_TOKENS


async def test_a_name_has_so_many_characters() -> None:
    tokens = _tokens(Store())
    await _add(tokens, "n" * MOST_NAME)
    with pytest.raises(Invalid, match=f"1 to {MOST_NAME} characters"):
        await _add(tokens, "n" * (MOST_NAME + 1))


async def test_a_token_is_for_so_many_bins() -> None:
    tokens = _tokens(Store(MOST_BINS + 1))
    await _add(tokens, "most", [str(number) for number in range(MOST_BINS)])
    with pytest.raises(Invalid, match=f"at most {MOST_BINS}"):
        await _add(tokens, "more", [str(number) for number in range(MOST_BINS + 1)])


async def test_the_form_of_a_token_has_so_many_fields(server: Running) -> None:
    assert MOST_FIELDS > MOST_BINS
    for more, said in ((0, "Name must be"), (1, "fields")):
        form = {"name": ""} | {f"{BIN_FIELD}{number}": "on" for number in range(MOST_FIELDS - 1 + more)}
        async with server.client.post(f"{server.url}/settings/tokens", data=form) as answer:
            assert answer.status == 422
            assert said in await answer.text()


@pytest.mark.parametrize("is_late", [False, True])
def test_a_sign_in_code_is_valid_for_so_long(ticks: Ticks, is_late: bool) -> None:
    codes = SignInCodes()
    code = codes.make()
    ticks.almost(CODE_S)
    if is_late:
        ticks.over()
    assert codes.take(code) is not is_late


async def test_so_many_wrong_tokens_are_answered_at_once(ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(failed_sign_ins.asyncio, "sleep", sleep)
    failed = FailedSignIns()
    for _ in range(AT_ONCE):
        await failed.slow_down("192.0.2.1")
    assert sum(waits) < INSTANT
    await failed.slow_down("192.0.2.1")
    assert waits[-1] == pytest.approx(EVERY_S)
    for _ in range(int(LONGEST_S / EVERY_S) + 10):
        await failed.slow_down("192.0.2.1")
    assert max(waits) == pytest.approx(LONGEST_S)


async def test_wrong_tokens_are_logged_no_more_often_than_so(ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(failed_sign_ins._log, "warning", lambda event, **_: lines.append(event), raising=False)
    failed = FailedSignIns()
    await failed.slow_down("192.0.2.1")
    ticks.almost(LOG_EVERY_S)
    await failed.slow_down("192.0.2.1")
    assert len(lines) == 1
    ticks.over()
    await failed.slow_down("192.0.2.1")
    assert len(lines) == 2
