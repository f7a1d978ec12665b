"""Errors of PostgreSQL as those of the storage."""

import psycopg
import pytest
from psycopg import errors

from app.storage.postgres.failures import translate, translate_for_log, translate_for_reading
from app.storage.transaction import CannotWrite, DamagedFile, Deadlock, Duplicate, LogUnreadable, Unreachable


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("23505", Duplicate),
        ("XX001", DamagedFile), ("XX002", DamagedFile),
        ("08006", Unreachable), ("57P01", Unreachable), ("57P02", Unreachable), ("57P03", Unreachable),
        ("57P05", Unreachable), ("25P03", Unreachable), ("25P04", Unreachable),
        ("53100", CannotWrite), ("53300", CannotWrite), ("55P03", CannotWrite), ("57014", CannotWrite),
        ("25006", CannotWrite), ("42501", CannotWrite), ("40001", CannotWrite), ("40P01", Deadlock),
        ("28P01", CannotWrite), ("3D000", CannotWrite), ("58030", CannotWrite),
        ("42P01", type(None)), ("42601", type(None)), ("23502", type(None)), ("XX000", type(None)),
        ("25P02", type(None)),
    ],
)  # fmt: skip
def test_an_error_is_known_by_its_sqlstate(state: str, kind: type) -> None:
    error = errors.lookup(state)("any words of any language")
    assert type(translate(error)) is kind
    for_log = CannotWrite if kind is DamagedFile else kind
    assert type(translate_for_log(error)) is for_log
    assert type(translate_for_reading(error)) is (type(None) if kind is type(None) else LogUnreadable)


def test_a_lost_connection_has_no_sqlstate() -> None:
    assert type(translate(psycopg.OperationalError("server closed the connection"))) is Unreachable
    assert translate(psycopg.ProgrammingError("wrong number of parameters")) is None
    result = psycopg.pq.PGconn.connect_start(b"").make_empty_result(psycopg.pq.ExecStatus.FATAL_ERROR)
    assert type(translate(errors.error_from_result(result))) is Unreachable


def test_the_message_is_the_first_line_with_the_sqlstate() -> None:
    error = errors.lookup("55P03")("canceling statement\nCONTEXT: of a secret row")
    assert str(translate(error)) == "canceling statement (55P03)"
    assert str(translate(psycopg.OperationalError(""))) == "OperationalError"
    assert str(translate_for_reading(error)) == "The log cannot be read: canceling statement (55P03)"
    assert "damaged" in str(translate_for_log(errors.lookup("XX001")("invalid page")))
