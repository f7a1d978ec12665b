"""The access token of the installation, and its file."""

from types import SimpleNamespace

import pytest

from app.errors import CannotStart
from app.services import token_file
from app.services.token_file import find_token, others_can_open
from app.settings import read_settings
from tests.conftest import TOKEN


def test_the_token_file_is_for_its_owner_only(tmp_path) -> None:
    settings = read_settings({"data_dir": str(tmp_path)})
    token, made_here = find_token(settings)
    assert made_here
    assert (tmp_path / "access-token").stat().st_mode & 0o777 == 0o600
    assert find_token(settings) == (token, True)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700, 0o640, 0o604, 0o444, 0o602])
@pytest.mark.parametrize("given", [True, False])
def test_the_start_warns_about_a_token_file_that_others_can_open(tmp_path, monkeypatch, mode: int, given: bool) -> None:
    warnings = []
    monkeypatch.setattr(
        token_file, "_log", SimpleNamespace(warning=lambda event, **more: warnings.append((event, more)))
    )
    file = tmp_path / "access-token"
    file.write_text(TOKEN)
    file.chmod(mode)
    where = {"access_token_file": str(file)} if given else {"data_dir": str(tmp_path)}
    assert find_token(read_settings(where)) == (TOKEN, not given)
    assert [event for event, _ in warnings] == ["token_file.open_to_others"] * bool(mode & 0o066)
    assert all(more["path"] == str(file) and f"chmod 600 {file}" in more["cure"] for _, more in warnings)
    assert TOKEN not in str(warnings)


@pytest.mark.parametrize(
    ("mode", "owner", "group", "user", "is_open"),
    [
        (0o440, 0, 7, 1, False),
        (0o460, 0, 7, 1, True),
        (0o444, 0, 7, 1, True),
        (0o440, 0, 8, 1, True),
        (0o440, 1, 7, 1, True),
        (0o440, 0, 7, 0, True),
    ],
)
def test_a_secret_of_root_may_be_read_by_our_group(monkeypatch, mode, owner, group, user, is_open) -> None:
    """As Kubernetes mounts it for a server that is not root."""
    monkeypatch.setattr(token_file.os, "geteuid", lambda: user)
    monkeypatch.setattr(token_file.os, "getegid", lambda: 7)
    path = SimpleNamespace(stat=lambda: SimpleNamespace(st_mode=0o100000 | mode, st_uid=owner, st_gid=group))
    assert others_can_open(path) is is_open


@pytest.mark.parametrize("content", [b"", b"short", b"two words that are long enough", b"\xff" * 20])
def test_a_token_file_that_cannot_be_a_token_is_refused_in_one_sentence(tmp_path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(CannotStart, match="at least 16 visible ASCII characters"):
        find_token(read_settings({"access_token_file": str(tmp_path / "token")}))
