"""The form of a forward: what was posted, as the JSON of its input."""

from collections.abc import Mapping
from dataclasses import asdict as dataclass_values
from dataclasses import dataclass

from ...domain.forwards.model import Forward
from ...domain.roles import Role
from ..site.forms import number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardForm:
    """The fields as text. `start`: "next", "first" or a number."""

    name: str = ""
    url: str = ""
    filter: str = ""
    roles: tuple[str, ...] = ()
    mode: str = "raw"
    event_content: str = "full"
    follow_ups: bool = True
    order: str = "message"
    signature: str = "sent"
    credentials: bool = False
    timeout_s: str = "10"
    start: str = "next"

    def raw(self) -> dict[str, object]:
        """As JSON, without `start`, and without what the chosen mode does not have."""
        values = dataclass_values(self)
        unused = {"start", *(("signature",) if self.mode == "event" else ("event_content", "follow_ups"))}
        if self.mode == "event" and self.event_content != "raw":
            unused.add("credentials")
        given = {name: value for name, value in values.items() if name not in unused}
        return given | {"roles": list(self.roles), "timeout_s": number_of(self.timeout_s)}

    def raw_start(self) -> object:
        """`start` as JSON."""
        return {"next": None, "first": 1}.get(self.start, number_of(self.start))


def read_forward_form(form: Mapping[str, str]) -> ForwardForm:
    """What was posted."""
    return ForwardForm(
        name=form.get("name", "").strip(),
        url=form.get("url", "").strip(),
        filter=form.get("filter", "").strip(),
        roles=tuple(role.value for role in Role if f"role-{role.value}" in form),
        mode=form.get("mode", "raw"),
        event_content=form.get("event_content", "full"),
        follow_ups="follow_ups" in form,
        order=form.get("order", "message"),
        signature=form.get("signature", "sent"),
        credentials="credentials" in form,
        timeout_s=form.get("timeout_s", "10").strip(),
        start=form.get("start", "next").strip(),
    )


def form_of(forward: Forward) -> ForwardForm:
    """The form with the settings of a forward."""
    return ForwardForm(
        name=forward.name, url=forward.url, filter=forward.filter, roles=tuple(role.value for role in forward.roles),
        mode=forward.mode.value, event_content=forward.event_content.value, follow_ups=forward.follow_ups,
        order=forward.order.value,
        signature=forward.signature.value, credentials=forward.credentials, timeout_s=str(forward.timeout_s),
    )  # fmt: skip
