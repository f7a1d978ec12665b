"""README is a landing page: what it is, how to start it, why to take it, and where the rest is written."""

import re

from app.domain.faults import FaultKind
from app.domain.providers import PROVIDER_TITLES

from .written import DOCS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SCREEN = 24
"""Lines that are seen without scrolling, about."""


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 150


def test_it_begins_with_one_picture_one_paste_and_what_to_do_next() -> None:
    first = "\n".join(README.splitlines()[:SCREEN])
    assert re.findall(r"!\[[^]]+\]\(([^)]+)\)", first) == ["static/img/failover.webp"]
    (paste,) = re.findall(r"```\n(.*?)```", first, re.DOTALL)
    assert [line.split()[:2] for line in paste.splitlines()] == [["git", "clone"], ["cd", "smsbin"], ["make", "run"]]
    template = (ROOT / "templates" / "setup" / "index.html").read_text()
    (button,) = re.findall(r"Open the printed link and press \*([^*]+)\*", first)
    assert f'"{button}"' in template


def test_every_provider_is_on_the_first_screen() -> None:
    first = " ".join(README.split("```")[0].split())
    assert {title for title in PROVIDER_TITLES.values() if title not in first} == set()


def test_it_leads_to_every_page_of_the_guide() -> None:
    linked = set(re.findall(r"\]\(docs/([a-z-]+)\.md", README))
    assert linked == {path.stem for path in DOCS.glob("*.md")} - {"index"}


def test_its_figures_are_those_of_the_source_and_of_the_proofs() -> None:
    assert f"| {len(FaultKind)} kinds, " in README
    assert f"| {len(PROVIDER_TITLES)} providers |" in README
    proofs = (DOCS / "promises.md").read_text()
    cuts, kills = re.findall(r"proved with ([\d,]+) simulated power cuts and ([\d,]+)\s", README)[0]
    assert f"| {cuts} images |" in proofs
    assert f"| {kills} kills, " in proofs


def test_the_way_of_a_request_is_drawn_in_both_documents() -> None:
    for text in (README, CONTRIBUTING):
        (drawn,) = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
        assert "log.db" in drawn
        assert "ledger.db" in drawn


def test_the_test_command_is_named_as_a_command_of_its_own() -> None:
    assert "```\nmake test\n```" in README
