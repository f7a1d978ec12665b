"""The form of a wiretap: what was posted, as the JSON of its input."""

from collections.abc import Mapping
from dataclasses import asdict as dataclass_values
from dataclasses import dataclass

from ...domain.wiretaps.model import Wiretap
from ..site.forms import number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WiretapForm:
    """The fields as text. An empty `timeout_s` is that of the provider."""

    url: str = ""
    on_failure: str = "mirror"
    timeout_s: str = ""
    credentials: bool = True
    enabled: bool = True

    def raw(self) -> dict[str, object]:
        """As JSON."""
        return dataclass_values(self) | {"timeout_s": number_of(self.timeout_s) if self.timeout_s else None}


def read_wiretap_form(form: Mapping[str, str]) -> WiretapForm:
    """What was posted."""
    return WiretapForm(
        url=form.get("url", "").strip(),
        on_failure=form.get("on_failure", "mirror"),
        timeout_s=form.get("timeout_s", "").strip(),
        credentials="credentials" in form,
        enabled="enabled" in form,
    )


def wiretap_form_of(wiretap: Wiretap | None) -> WiretapForm:
    """The form with the settings of a wiretap; None: an empty one."""
    if wiretap is None:
        return WiretapForm()
    return WiretapForm(
        url=wiretap.url, on_failure=wiretap.on_failure.value, credentials=wiretap.credentials, enabled=wiretap.enabled,
        timeout_s="" if wiretap.timeout_s is None else f"{wiretap.timeout_s:g}",
    )  # fmt: skip
