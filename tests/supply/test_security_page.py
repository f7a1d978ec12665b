"""SECURITY.md is found, and what it refers to is there."""

import re

import pytest

from .locks import ROOT

PAGE = (ROOT / "SECURITY.md").read_text()
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_leads_to_it() -> None:
    assert "](SECURITY.md)" in README


SECTIONS = (
    "Reporting a problem", "Supported versions", "Who can do what", "What is promised", "Running it safely",
    "What is not protected",
)  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_it_says_what_people_look_for(section: str) -> None:
    assert len(PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0].strip()) > 80


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", PAGE)
    assert len(links) >= 3
    for path, anchor in links:
        assert (ROOT / path).exists()
        assert not anchor or anchor in _anchors((ROOT / path).read_text())


def test_the_promises_that_it_names_are_promises() -> None:
    made = set(re.findall(r"^- \*\*(P\d+)\*\*", CONTRIBUTING, re.MULTILINE))
    assert set(re.findall(r"\bP\d+\b", PAGE)) <= made


def test_the_flags_and_targets_that_it_names_exist() -> None:
    flags = set(re.findall(r"`(--[a-z-]+)", PAGE))
    settings = (ROOT / "docs" / "settings.md").read_text()
    assert {flag for flag in flags if f"| `{flag}` |" not in settings} == set()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"`make (\w+)", PAGE))
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()
