"""The form that changes a request before it is sent again."""

from collections.abc import Mapping

from ...domain.captures import Capture
from ...domain.edits import RequestEdit, editable_body, editable_headers, read_header_lines
from ...services.edits import fields_to_edit, new_ids

FIELD = "field."


def read_edit(form: Mapping[str, str], capture: Capture) -> RequestEdit | None:
    """The changes in a posted form, None without any. Invalid. A value that is still as the form showed it is no
    change, so its bytes stay as received."""
    raw = capture.raw
    body, headers = editable_body(raw), editable_headers(raw)
    edit = RequestEdit(
        fields={
            field.key: form[FIELD + field.key]
            for field in fields_to_edit(raw)
            if _is_changed(form.get(FIELD + field.key), field.value)
        },
        headers=read_header_lines(form["headers"]) if _is_changed(form.get("headers"), headers) else None,
        body=form["body"] if body is not None and _is_changed(form.get("body"), body) else None,
        ids=new_ids(capture, form.get("seed", "")) if "new_id" in form else {},
    )
    return None if edit == RequestEdit() else edit


def _is_changed(given: str | None, shown: str) -> bool:
    """A browser sends line breaks as CR LF, and leaves out the first one."""
    return given is not None and _plain(given) != _plain(shown)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
