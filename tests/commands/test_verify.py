"""`smsbin verify` without a server, and with a wrong number."""

from tests.commands.run import run
from tests.process import TOKEN


def test_without_a_server_it_cannot_be_reached() -> None:
    assert run("verify", "1", SMSBIN_URL="http://127.0.0.1:9", SMSBIN_ACCESS_TOKEN=TOKEN).returncode == 3


def test_a_wrong_number_is_wrong_usage() -> None:
    assert run("verify", "x").returncode == 2
    assert run("verify").returncode == 2
