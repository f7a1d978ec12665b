"""What a browser may do with our pages: a capture URL on the same origin could answer anything."""

from app.web.site.headers import NOTHING_AT_ALL, page_policy


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";")]
    assert len({name for name, *_ in parts}) == len(parts)
    return {name: sources for name, *sources in parts}


def test_scripts_and_styles_are_those_with_the_nonce_and_nothing_else() -> None:
    found = _directives(page_policy("abc"))
    assert found["script-src"] == found["style-src"] == ["'nonce-abc'"]
    assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["form-action"] == found["connect-src"] == ["'self'"]


def test_a_script_makes_html_by_the_one_policy_unless_a_page_cannot() -> None:
    found = _directives(page_policy("abc"))
    assert (found["require-trusted-types-for"], found["trusted-types"]) == (["'script'"], ["smsbin"])
    assert "trusted-types" not in _directives(page_policy("abc", trusted_types=False))


def test_what_is_no_page_may_do_nothing() -> None:
    assert _directives(NOTHING_AT_ALL) == {"sandbox": [], "default-src": ["'none'"]}
