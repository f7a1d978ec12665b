"""Settings of parsing: equal by value, and the default has nothing."""

from datetime import UTC, datetime

from app.domain.reader import DEFAULT_READER_SETTINGS, ReaderSettings, SigningSecret

AT = datetime(2026, 11, 28, tzinfo=UTC)


def test_the_default_has_neither_a_mapping_nor_secrets() -> None:
    assert (DEFAULT_READER_SETTINGS.mapping, DEFAULT_READER_SETTINGS.secrets) == (None, ())


def test_settings_are_equal_by_value_so_that_a_prepared_reader_is_used_again() -> None:
    def made(secret: str) -> ReaderSettings:
        return ReaderSettings(secrets=(SigningSecret(label="a", scheme=None, secret=secret, hash="h", added_at=AT),))

    assert made("x") == made("x")
    assert hash(made("x")) == hash(made("x"))
    assert made("x") != made("y")
