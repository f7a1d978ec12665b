"""The URL of a database: read as libpq reads it, and shown without its secrets."""

import pytest

from app.storage.postgres.addresses import DEFAULT_PORT, DatabaseHost, describe, read_address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:secret@db.example.net:5432/smsbin", "postgresql://u@db.example.net:5432/smsbin"),
        ("postgres://u:secret@db.example.net/smsbin", "postgresql://u@db.example.net:5432/smsbin"),
        ("postgresql://db", "postgresql://db:5432"),
        ("postgresql://", "postgresql://"),
        ("postgresql:///smsbin", "postgresql:///smsbin"),
        ("postgresql://u@h:6432,[::1]:5433/a", "postgresql://u@h:6432,[::1]:5433/a"),
        ("postgresql://u:secret@h/a?sslmode=verify-full&options=-csecret", "postgresql://u@h:5432/a?sslmode=verify-full"),
        ("postgresql:///a?host=/run/pg&port=5433&user=u&password=secret", "postgresql://u@%2Frun%2Fpg:5433/a"),
        ("postgresql://%2Frun%2Fpg/a", "postgresql://%2Frun%2Fpg:5432/a"),
        ("postgresql://h,i/a?port=6000", "postgresql://h:6000,i:6000/a"),
        ("postgresql://u%40x:sec%2Fret%40@h/a%20b", "postgresql://u%40x@h:5432/a%20b"),
        ("postgresql://h/a?sslpassword=secret&ssl=true", "postgresql://h:5432/a?sslmode=require"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert describe(url) == shown
    assert describe(shown) == shown


@pytest.mark.parametrize("url", ["postgresql://u:x@h/a", "postgresql://u@h/a?password=x"])
def test_a_password_is_found_in_both_places(url: str) -> None:
    assert read_address(url).has_password
    assert not read_address(describe(url)).has_password


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://u:secret@h/a", "write postgresql://user:password@db.example.net:5432/smsbin"),
        ("host=h user=u password=secret", "is not the URL"),
        ("postgresql:secret", "is not the URL"),
        ("postgresql://u:sec ret@h/a", "%20"),
        ("postgresql://u:secret\n@h/a", "%20"),
        ("postgresql://u:sec@ret@h/a", "%40"),
        ("postgresql://u:sec/ret@h/a", "%2F"),
        ("postgresql://u:1/secret@h", "%2F"),
        ("postgresql://u:sec#ret@h/a", "%23"),
        ("postgresql://u:sec?ret@h/a", "cannot be one"),
        ("postgresql://u:1?secret@h/a", "name=value"),
        ("postgresql://u:sec%ret@h/a", "%25"),
        ("postgresql://u:se%00cret@h/a", "%25"),
        ("postgresql://:secret@h/a", "no user"),
        ("postgresql://h:secret/a", "cannot be one"),
        ("postgresql://[secret]/a", "cannot be one"),
        ("postgresql://h:0/a", "1 to 65535"),
        ("postgresql://h:65536/a", "1 to 65535"),
        ("postgresql://h,i/a?port=1,2,3", "number of ports"),
        ("postgresql://h/a?port=secret", "1 to 65535"),
        ("postgresql://h/a?secret", "name=value"),
        ("postgresql://h/a?a=b=secret", "name=value"),
    ],
)
def test_a_wrong_url_is_refused_without_a_part_of_it(url: str, word: str) -> None:
    with pytest.raises(ValueError, match=word.replace("?", "[?]")) as error:
        read_address(url)
    assert "secret" not in str(error.value).replace("password", "")
    assert "ret@" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "is_local"),
    [
        ("", True), ("/run/postgresql", True), ("@abstract", True), ("localhost", True), ("127.0.0.1", True),
        ("::1", True), ("10.0.0.1", False), ("db.example.net", False), ("127.example.net", False),
    ],
)  # fmt: skip
def test_a_host_on_this_machine_is_known(name: str, is_local: bool) -> None:
    assert DatabaseHost(name=name, port=5432).is_local is is_local


def test_a_database_is_local_if_all_its_hosts_are() -> None:
    assert read_address("postgresql://localhost,[::1]/a").is_local
    assert not read_address("postgresql://localhost,db/a").is_local


@pytest.mark.parametrize(
    ("query", "is_encrypted"),
    [("", False), ("?sslmode=prefer", False), ("?sslmode=require", True), ("?sslmode=verify-full", True)],
)  # fmt: skip
def test_only_some_modes_refuse_a_connection_without_tls(query: str, is_encrypted: bool) -> None:
    assert read_address(f"postgresql://h/a{query}").is_encrypted is is_encrypted


def test_a_host_without_a_port_has_the_default_and_the_largest_port_is_valid() -> None:
    ports = [host.port for host in read_address("postgresql://h,i:,j:65535/a").hosts]
    assert ports == [DEFAULT_PORT, DEFAULT_PORT, 65_535]
