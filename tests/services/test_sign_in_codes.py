"""A code signs in once, for some minutes; making a new one ends it."""

from app import clock
from app.services.sign_in_codes import CODE_S, SignInCodes


def test_a_code_is_used_up() -> None:
    codes = SignInCodes()
    code = codes.make()
    assert not codes.take("")
    assert not codes.take(code + "x")
    assert codes.take(code)
    assert not codes.take(code)


def test_only_the_last_code_is_valid() -> None:
    codes = SignInCodes()
    first, second = codes.make(), codes.make()
    assert first != second
    assert not codes.take(first)
    assert codes.take(second)


def test_without_a_code_nothing_is_taken() -> None:
    assert not SignInCodes().take("")


def test_a_code_ends(monkeypatch) -> None:
    now = clock.ticks()
    monkeypatch.setattr(clock, "ticks", lambda: now)
    codes = SignInCodes()
    for late, is_valid in ((CODE_S, True), (CODE_S + 0.001, False)):
        code, made = codes.make(), now
        now = made + late
        assert codes.take(code) is is_valid
