"""Code that verifies a request: for each scheme, with the URL quoted."""

import ast

import pytest

from app.signatures.schemes import SCHEMES
from app.signatures.snippets import snippets_for
from app.signatures.snippets.node import NODE
from app.signatures.snippets.python import PYTHON

# Of these the vendors have no library call of their own, or they are any sender's.
WITHOUT = {"hmac", "bird", "messagebird-old", "sinch-numbers", "sinch-application"}
HOSTILE = "https://a.test/k?a=\"'`${process.exit()}\\\n</script>\u2028é"


@pytest.mark.parametrize("scheme", [scheme.name for scheme in SCHEMES if scheme.name not in WITHOUT])
def test_each_scheme_has_code_in_python_and_node(scheme: str) -> None:
    python, node = snippets_for(scheme, "https://a.test/k")
    assert (python.language, node.language) == ("Python", "Node")
    ast.parse(python.code)
    assert "{url}" not in python.code + node.code


def test_both_languages_have_the_same_schemes_and_the_others_have_none() -> None:
    assert set(PYTHON) == set(NODE)
    assert set(PYTHON) - {"twilio-shared-key"} <= {scheme.name for scheme in SCHEMES}
    assert all(snippets_for(name, "https://a.test/k") == () for name in (*WITHOUT, "nothing"))


@pytest.mark.parametrize("scheme", sorted(PYTHON))
def test_a_hostile_url_stays_one_string(scheme: str) -> None:
    python, node = snippets_for(scheme, HOSTILE)
    urls = [each.value for each in ast.walk(ast.parse(python.code)) if isinstance(each, ast.Constant)]
    if "{url}" in PYTHON[scheme][1]:
        assert HOSTILE in urls
    for code in (python.code, node.code):
        assert "\u2028" not in code
        assert "${process" not in code or '"https://a.test' in code
