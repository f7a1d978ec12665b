"""The input of a call that sets a wiretap."""

from app.domain.wiretaps.model import OnFailure, Wiretap
from app.web.site.convert import convert
from app.web.wiretaps.inputs import WiretapInput


def test_what_is_left_out_has_a_default() -> None:
    assert convert({"url": "https://h"}, WiretapInput).wiretap == Wiretap(url="https://h")


def test_whole_numbers_are_seconds_too() -> None:
    given = {"url": "https://h", "timeout_s": 2, "on_failure": "safe", "credentials": False, "enabled": False}
    assert convert(given, WiretapInput).wiretap == Wiretap(
        url="https://h", timeout_s=2.0, on_failure=OnFailure.SAFE, credentials=False, enabled=False
    )
