"""The body of a request as a tree."""

import json
from urllib.parse import quote

import pytest

from app.parsing import parse
from app.web.captures.trees import MOST_BRACKETS, MOST_LEAVES, SHOWN, Branch, Tree, tree_of
from tests.storage.builders import a_raw

FORM, JSON, XML = b"application/x-www-form-urlencoded", b"application/json", b"text/xml"


def _tree(body: bytes, content_type: bytes = JSON, find: str = "") -> Tree:
    tree = tree_of(parse(a_raw(body=body, headers=((b"Content-Type", content_type),))), find)
    assert tree is not None
    return tree


def _lines(branch: Branch) -> list[str]:
    """Each branch as `path kind text`, from the top."""
    own = [] if not branch.level else [f"{branch.path} {branch.kind} {branch.text}".strip()]
    return own + [line for child in branch.children for line in _lines(child)]


def test_json_is_shown_as_it_is_nested() -> None:
    body = {"a": {"b": [1, "x", None, True]}, "c": {}, "d": [], "e": "", "f": [[2.5]]}
    assert _lines(_tree(json.dumps(body).encode()).top) == [
        "a group", "a.b group", "a.b.0 number 1", "a.b.1 text x", "a.b.2 word null", "a.b.3 word true",
        "c empty {}", "d empty []", "e text", "f group", "f.0 group", "f.0.0 number 2.5",
    ]  # fmt: skip


def test_xml_has_its_attributes_and_texts() -> None:
    body = b'<m><to n="1">+1415</to><text>hi</text>tail<to>2</to></m>'
    assert _lines(_tree(body, XML).top) == [
        "m group", "m.text() text tail", "m.to group", "m.to.@n text 1", "m.to.text() text +1415", "m.text text hi",
        "m.to text 2",
    ]  # fmt: skip


def test_elements_of_one_name_stay_apart() -> None:
    body = b'<m><p id="1"/><p id="2"><q>a</q><q>b</q></p></m>'
    assert _lines(_tree(body, XML).top) == [
        "m group", "m.p group", "m.p.@id text 1", "m.p group", "m.p.@id text 2", "m.p.q text a", "m.p.q text b",
    ]  # fmt: skip


def test_a_form_is_grouped_by_the_brackets_of_its_names() -> None:
    body = "&".join(quote(name, safe="") + "=1" for name in ("a[b][c]", "a[b][d]", "e", "e", "[", "x[", "f[]"))
    assert _lines(_tree(body.encode(), FORM).top) == [
        "a group", "a.b group", "a.b.c text 1", "a.b.d text 1", "e text 1", "e text 1", "[ text 1", "x[ text 1",
        "f group", "f. text 1",
    ]  # fmt: skip


def test_finding_looks_at_paths_and_values_whatever_the_case() -> None:
    body = json.dumps({"Data": {"id": "q", "text": "Hello"}, "other": ["hell", 1]}).encode()
    assert _lines(_tree(body, find=" HELL ").top) == [
        "Data group", "Data.text text Hello", "other group", "other.0 text hell",
    ]  # fmt: skip
    assert _lines(_tree(body, find="data.i").top) == ["Data group", "Data.id text q"]
    assert _tree(body, find="nothing").top.children == []


@pytest.mark.parametrize("more", [0, 1, 7])
def test_a_tree_has_a_limited_number_of_values(more: int) -> None:
    tree = _tree(json.dumps(list(range(MOST_LEAVES + more))).encode())
    assert (tree.top.count, tree.left_out) == (MOST_LEAVES, more)


def test_the_deepest_json_that_is_parsed_has_a_tree() -> None:
    top = _tree(b"[" * 63 + b"1" + b"]" * 63).top
    assert len(_lines(top)) == 63


@pytest.mark.parametrize(("body", "content_type"), [(b"7", JSON), (b"hello", b"text/plain"), (b"", FORM), (b"{", JSON)])
def test_a_body_without_fields_has_no_tree(body: bytes, content_type: bytes) -> None:
    assert tree_of(parse(a_raw(body=body, headers=((b"Content-Type", content_type),)))) is None


@pytest.mark.parametrize("more", [0, 1])
def test_a_forms_name_has_a_limited_number_of_levels(more: int) -> None:
    top = _tree(quote("a" + "[b]" * (MOST_BRACKETS + more)).encode() + b"=1", FORM).top
    assert len(_lines(top)) == 1 + MOST_BRACKETS


@pytest.mark.parametrize("more", [0, 1])
def test_the_beginning_of_a_long_value_is_shown(more: int) -> None:
    (leaf,) = _tree(json.dumps({"a": "x" * (SHOWN + more)}).encode()).top.children
    assert leaf.shown == "x" * SHOWN + "…" * more
    assert len(leaf.text) == SHOWN + more
