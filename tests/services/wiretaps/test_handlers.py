"""Who answers for a role."""

from app.domain.roles import Role
from app.domain.wiretaps.model import Wiretap
from app.services.wiretaps.handlers import Handlers
from app.services.wiretaps.target import TargetHandler


def handler() -> TargetHandler:
    return TargetHandler(Wiretap(url="https://h.example/?key=secret"), (), None)


def test_the_last_one_answers_and_the_one_before_it_afterwards() -> None:
    handlers, first, second = Handlers(), handler(), handler()
    assert handlers.of("b", Role.PRIMARY) is None
    handlers.add("b", Role.PRIMARY, first)
    handlers.add("b", Role.PRIMARY, second)
    assert handlers.of("b", Role.PRIMARY) is second
    assert handlers.of("b", Role.STATUS) is None
    assert handlers.roles_of("b") == {Role.PRIMARY: second}
    handlers.remove("b", Role.PRIMARY, second)
    handlers.remove("b", Role.PRIMARY, second)
    assert handlers.of("b", Role.PRIMARY) is first
    handlers.remove("b", Role.PRIMARY, first)
    assert handlers.of("b", Role.PRIMARY) is None
    assert handlers.roles_of("b") == {}


def test_a_deleted_bin_has_none() -> None:
    handlers = Handlers()
    handlers.add("b", Role.PRIMARY, handler())
    handlers.forget("b")
    assert handlers.of("b", Role.PRIMARY) is None


def test_its_url_has_no_secrets() -> None:
    assert handler().url == "https://h.example/?key=…"
