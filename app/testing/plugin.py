"""The pytest plugin: the fixture `smsbin` is a new bin for each test.

    def test_signup_sends_a_code(smsbin):
        app.configure(inbound=smsbin.url.primary, status=smsbin.url.status)
        app.sign_up("+14155550123")
        assert smsbin.wait(kind="status", to="+14155550123", status="success").message_id

Without options a server runs during the tests, in the same process. `--smsbin-url` (or SMSBIN_URL) is the URL of one
that runs already; SMSBIN_ACCESS_TOKEN is its token. The report of a failed test has the requests that its bin received.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..commands.client import Client
    from .inbox import AsyncInbox, Inbox

_INBOX = pytest.StashKey["Inbox"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("smsbin", "SMS webhooks")
    group.addoption("--smsbin-url", default=None, help="A server that runs already, instead of one beside the tests.")
    group.addoption("--smsbin-timeout", type=float, default=None, help="Seconds that a wait lasts. Default: 10.")


@pytest.fixture(scope="session")
def smsbin_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Client"]:
    """The server that all tests share, as a client of its API."""
    # Imported here, so that the plugin does not slow down test runs that do not use it.
    from ..commands.client import Client, connect
    from .server import serving

    url = request.config.getoption("--smsbin-url") or os.environ.get("SMSBIN_URL")
    if url:
        yield connect(url, os.environ.get("SMSBIN_ACCESS_TOKEN_FILE"), "./data", "8010", "")
        return
    with serving(tmp_path_factory.mktemp("smsbin")) as (root, token):
        yield Client(root=root, token=token, source="the tests")


@pytest.fixture
def smsbin(request: pytest.FixtureRequest, smsbin_server: "Client") -> Iterator["Inbox"]:
    """A bin that belongs to this test; it is deleted afterwards."""
    from .inbox import TIMEOUT_S, Inbox

    bin = smsbin_server.send("POST", "/bins", {"name": request.node.name[:100]})
    inbox = Inbox(smsbin_server, bin, request.config.getoption("--smsbin-timeout") or TIMEOUT_S)
    request.node.stash[_INBOX] = inbox
    yield inbox
    smsbin_server.send("DELETE", f"/bins/{bin['id']}")


@pytest.fixture
def async_smsbin(smsbin: "Inbox") -> "AsyncInbox":
    """The same for tests that are coroutines: its methods are awaited."""
    return smsbin.aio


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add what the bin received to the report of a failed test."""
    report: pytest.TestReport = yield
    inbox = item.stash.get(_INBOX, None)
    if report.when == "call" and report.failed and inbox is not None:
        report.sections.append(("smsbin", f"{inbox.timeline()}\n{inbox.page_url}"))
    return report
