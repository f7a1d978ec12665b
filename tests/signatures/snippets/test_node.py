"""The Node code requires the package that it names, and is complete."""

import pytest

from app.signatures.snippets.node import NODE


@pytest.mark.parametrize("scheme", sorted(NODE))
def test_the_code_requires_its_package_and_its_brackets_are_closed(scheme: str) -> None:
    package, code = NODE[scheme]
    assert f'"{package}' in code or not package
    for opening, closing in ("()", "{}", "[]"):
        assert code.count(opening) == code.count(closing)


@pytest.mark.parametrize("scheme", sorted(set(NODE) - {"aws"}))
def test_secrets_are_read_from_the_environment(scheme: str) -> None:
    _, code = NODE[scheme]
    assert "process.env" in code or "// reads TELNYX_API_KEY" in code
