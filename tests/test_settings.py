"""Settings: each by flag and variable, and every mistake is reported by name."""

import pytest

from app.domain.access import AccessRole, AddressRole
from app.errors import Invalid
from app.settings import all_settings, read_settings, unknown_variables


def test_every_knob_has_a_help_and_a_working_default() -> None:
    read_settings({})
    for knob in all_settings():
        assert knob.help.endswith(".")
        assert knob.flag == "--" + knob.variable.removeprefix("SMSBIN_").lower().replace("_", "-")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("port", "80100", "port"),
        ("port", "http", "port"),
        ("public_url", "sms.example.net", "not a URL"),
        ("public_url", "https://sms_bin.example.net", "underscore"),
        ("base_path", "/a b", "path"),
        ("allowed_hosts", "https://x.example", "host name"),
        ("trusted_proxies", "10.0.0.0/99", "network"),
        ("access_token", "short", "16"),
        ("max_body", "lots", "size"),
        ("retention", "a while", "duration"),
        ("log_level", "loud", "not valid"),
    ],
)
def test_a_bad_value_is_named_with_the_cure(name: str, value: str, word: str) -> None:
    with pytest.raises(Invalid, match=word) as error:
        read_settings({name: value})
    assert error.value.problems[0][0] == f"SMSBIN_{name.upper()}"


def test_all_bad_values_are_reported_at_once() -> None:
    with pytest.raises(Invalid) as error:
        read_settings({"port": "x", "retention": "y"})
    assert len(error.value.problems) == 2


def test_a_token_and_its_file_are_one_too_many() -> None:
    with pytest.raises(Invalid, match="not both"):
        read_settings({"access_token": "x" * 20, "access_token_file": "/run/secrets/token"})


def test_a_typo_in_a_variable_names_the_nearest() -> None:
    hints = unknown_variables({"SMSBIN_PUBLIC_ULR": "x", "SMSBIN_URL": "http://x", "SMSBIN_PORT": "1", "PATH": "/"})
    assert hints == [("SMSBIN_PUBLIC_ULR", "is not a setting; did you mean SMSBIN_PUBLIC_URL?")]


@pytest.mark.parametrize("text", ["", "/", "//"])
def test_no_base_path_is_empty(text: str) -> None:
    assert read_settings({"base_path": text}).base_path == ""


def test_a_base_path_has_no_slash_at_its_end() -> None:
    assert read_settings({"base_path": "x/y/"}).base_path == "/x/y"


AUTH = {"trusted_proxies": "10.0.0.5", "auth_header": "X-Forwarded-Email", "auth_roles": "admin=A@x.org read=*"}


def test_the_header_of_a_proxy_comes_with_roles() -> None:
    settings = read_settings(AUTH)
    assert settings.auth_header == "X-Forwarded-Email"
    assert settings.auth_roles == (AddressRole(AccessRole.ADMIN, "a@x.org"), AddressRole(AccessRole.READ, "*"))
    assert read_settings({}).auth_roles == ()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"trusted_proxies": ""}, "SMSBIN_AUTH_HEADER", "set SMSBIN_TRUSTED_PROXIES"),
        ({"auth_roles": ""}, "SMSBIN_AUTH_HEADER", "set SMSBIN_AUTH_ROLES"),
        ({"auth_header": ""}, "SMSBIN_AUTH_ROLES", "requires SMSBIN_AUTH_HEADER"),
        ({"auth_header": "X Email"}, "SMSBIN_AUTH_HEADER", "not the name of a header"),
        ({"auth_header": "authorization"}, "SMSBIN_AUTH_HEADER", "cannot name a user"),
        ({"auth_roles": "owner=a@x.org"}, "SMSBIN_AUTH_ROLES", '"owner=a@x.org" is not role=addresses'),
        ({"auth_roles": "admin"}, "SMSBIN_AUTH_ROLES", "is not role=addresses"),
        ({"auth_roles": "admin="}, "SMSBIN_AUTH_ROLES", "is not role=addresses"),
        ({"auth_roles": "admin=*x.org"}, "SMSBIN_AUTH_ROLES", '"*x.org" is not an address'),
        ({"auth_roles": "admin=a*@x.org"}, "SMSBIN_AUTH_ROLES", "is not an address"),
    ],
)
def test_a_header_without_proxies_or_roles_is_refused(change: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(Invalid) as error:
        read_settings(AUTH | change)
    assert [(name, said in text) for name, text in error.value.problems] == [(field, True)]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"smtp_url": "smtp://u:p@mail.example.net:25", "smtp_from": "smsbin@example.net"}, []),
        ({"smtp_url_file": "/run/secrets/smtp", "smtp_from": "smsbin@example.net"}, []),
        ({"smtp_url": "smtp://u:secret@x.example:99999", "smtp_from": "a@b.example"}, ["SMSBIN_SMTP_URL"]),
        ({"smtp_url": "http://u:secret@mail.example.net", "smtp_from": "smsbin@example.net"}, ["SMSBIN_SMTP_URL"]),
        ({"smtp_url": "smtp://mail.example.net/path", "smtp_from": "smsbin@example.net"}, ["SMSBIN_SMTP_URL"]),
        ({"smtp_url": "smtps://mail.example.net"}, ["SMSBIN_SMTP_FROM"]),
        ({"smtp_url_file": "/run/secrets/smtp"}, ["SMSBIN_SMTP_FROM"]),
        ({"smtp_from": "smsbin"}, ["SMSBIN_SMTP_FROM"]),
        ({"smtp_from": "a@b.example\r\nBcc: x@y.example"}, ["SMSBIN_SMTP_FROM"]),
        (
            {"smtp_url": "smtp://x.example", "smtp_url_file": "/x", "smtp_from": "a@b.example"},
            ["SMSBIN_SMTP_URL_FILE"],
        ),
    ],
)  # fmt: skip
def test_a_mail_server_needs_a_url_and_a_sender(values: dict[str, str], names: list[str]) -> None:
    if not names:
        assert read_settings(values).smtp_from == "smsbin@example.net"
        return
    with pytest.raises(Invalid) as error:
        read_settings(values)
    assert [name for name, _ in error.value.problems] == names
    assert "secret" not in str(error.value)


def test_the_password_of_a_database_is_in_no_error() -> None:
    assert read_settings({"database": ""}).database is None
    url = "postgresql://smsbin:secret@db.example.net/smsbin"
    assert read_settings({"database": url}).database == url
    for wrong in (f"{url}#x", url.replace("postgresql", "mysql"), url.replace("smsbin:", "smsbin:12/")):
        with pytest.raises(Invalid) as error:
            read_settings({"database": wrong})
        assert error.value.problems[0][0] == "SMSBIN_DATABASE"
        assert "secret" not in str(error.value)


def test_a_database_and_its_file_are_one_too_many() -> None:
    with pytest.raises(Invalid, match="SMSBIN_DATABASE_FILE: give the text or its file"):
        read_settings({"database": "postgresql://db/smsbin", "database_file": "/run/secrets/database"})


@pytest.mark.parametrize("name", ["database", "database_file"])
def test_a_database_or_its_file_chooses_postgresql(name: str) -> None:
    assert read_settings({name: "postgresql://db/smsbin"}).uses_postgresql
    assert not read_settings({name: ""}).uses_postgresql
