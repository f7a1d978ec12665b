"""The form of a wiretap."""

from app.domain.wiretaps.model import OnFailure, Wiretap
from app.web.wiretaps.form import WiretapForm, read_wiretap_form, wiretap_form_of


def test_what_was_posted_becomes_json() -> None:
    form = read_wiretap_form({"url": " https://h ", "on_failure": "safe", "timeout_s": " 2.5 ", "enabled": "on"})
    assert form.raw() == {
        "url": "https://h", "on_failure": "safe", "timeout_s": 2.5, "credentials": False, "enabled": True,
    }  # fmt: skip
    assert read_wiretap_form({}).raw()["timeout_s"] is None


def test_the_form_has_the_settings() -> None:
    assert wiretap_form_of(None) == WiretapForm()
    wiretap = Wiretap(url="https://h", on_failure=OnFailure.SAFE, timeout_s=2.5, enabled=False)
    assert wiretap_form_of(wiretap) == WiretapForm(
        url="https://h", on_failure="safe", timeout_s="2.5", credentials=True, enabled=False
    )
