"""Where a simulated provider follows a redirect: to the same scheme, host and port, and nowhere else."""

from datetime import UTC, datetime

import pytest

from app.domain.simulations import SimulationSpec, Targets, Traffic
from app.egress import TargetResponse
from app.providers import PROVIDERS
from app.services.simulations.player import Player

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
FOLLOWING = next(name for name, sheet in PROVIDERS.items() if sheet.play.redirects)


class Sender:
    """Redirects the first request."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.asked: list[str] = []

    async def send(self, _method: str, url: str, *_: object, **__: object) -> TargetResponse:
        self.asked.append(url.partition("?")[0])
        if len(self.asked) == 1:
            return TargetResponse(status=302, ms=1, location=self.location)
        return TargetResponse(status=200, ms=1)


@pytest.mark.parametrize(
    ("location", "is_followed"),
    [
        ("/elsewhere", True),
        ("http://sms.example.net/elsewhere", True),
        ("https://sms.example.net/elsewhere", False),
        ("http://other.example.net/elsewhere", False),
        ("http://sms.example.net:8080/elsewhere", False),
        ("//other.example.net/elsewhere", False),
        ("file:///etc/passwd", False),
    ],
)
async def test_a_redirect_is_followed_only_on_the_same_scheme_host_and_port(location: str, is_followed: bool) -> None:
    sender = Sender(location)
    spec = SimulationSpec(provider=FOLLOWING, what=Traffic.INBOUND)
    await Player(sender, spec, Targets(primary="http://sms.example.net/sms")).run(AT)  # type: ignore[arg-type]
    followed = [url for url in sender.asked if url != "http://sms.example.net/sms"]
    assert followed == (["http://sms.example.net/elsewhere"] if is_followed else [])
