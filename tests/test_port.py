"""The port of the server: taken, on another machine's address, and with its options."""

import socket

import pytest

from app import port
from app.errors import CannotStart
from app.settings import Settings, read_settings


def _settings(**values: str) -> Settings:
    return read_settings({"access_token": "a-token-only-for-tests", "port": "0", **values})


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system does not have it")
def test_a_peer_that_confirms_nothing_is_given_up_after_so_long() -> None:
    listener = port.listen(_settings())
    with listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == port.USER_TIMEOUT_MS


def test_a_taken_port_is_named() -> None:
    with port.listen(_settings()) as taken:
        number = taken.getsockname()[1]
        taken.listen()
        with pytest.raises(CannotStart, match=f"Port {number} is taken"):
            port.listen(_settings(port=str(number)))


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(CannotStart, match=r"Cannot listen on 192\.0\.2\.1:0: "):
        port.listen(_settings(host="192.0.2.1"))
