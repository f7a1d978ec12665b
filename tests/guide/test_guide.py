"""The guide is complete, its links lead somewhere, and what it names exists."""

import re
from pathlib import Path

import pytest

from app.commands import COMMANDS
from app.domain.faults import FaultKind
from app.domain.search import KEYS
from app.web.docs.guide import slug
from app.web.routes import ROUTES

from .written import DOCS, PAGES, ROOT, as_it_should_be

FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", _without_code(text), re.MULTILINE)
    return {slug(title.replace("`", "")) for title in titles}


def _dead(text: str, folder: Path) -> list[str]:
    """The links in a text that lead to no file, or to no heading of it."""
    dead = []
    for link in LINK.findall(_without_code(text)):
        name, _, anchor = link.partition("#")
        path = folder / name if name else None
        if link.startswith("https://"):
            continue
        there = text if path is None else path.read_text() if path.suffix == ".md" and path.is_file() else ""
        if (path and not path.is_file()) or (anchor and anchor not in _anchors(there)):
            dead.append(link)
    return dead


@pytest.mark.parametrize("name", FILES)
def test_the_links_of_a_page_lead_to_pages_and_pictures(name: str) -> None:
    assert _dead(FILES[name], DOCS) == []
    # What is not in the wheel cannot be opened there.
    packed = re.compile(r"[a-z-]+\.md|#|https://|\.\./static/")
    assert [link for link in LINK.findall(FILES[name]) if not packed.match(link)] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_the_links_of_the_other_documents_lead_somewhere(name: str) -> None:
    assert _dead((ROOT / name).read_text(), ROOT) == []


def test_every_page_is_reached_from_the_index_once() -> None:
    linked = [link.partition(".md")[0] for link in re.findall(r"^- \[[^]]+\]\(([^)]+)\)", FILES["index"], re.MULTILINE)]
    assert sorted(linked) == sorted(FILES.keys() - {"index"})


@pytest.mark.parametrize("name", FILES)
def test_a_page_begins_with_its_only_title(name: str) -> None:
    text = _without_code(FILES[name])
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert len({slug(title) for title in titles}) == len(titles), "two headings would have one address"


@pytest.mark.parametrize("name", PAGES)
def test_what_is_made_from_the_source_says_what_the_source_says(name: str) -> None:
    assert FILES[name] == as_it_should_be(name), "run `make guide`"


def test_the_guide_tells_every_fault_and_every_key_of_the_filter() -> None:
    assert re.findall(r"^\| `(\w+)` \|", FILES["failures"], re.MULTILINE) == [kind.value for kind in FaultKind]
    assert {key for key in KEYS if f"`{key}" not in FILES["messages"]} == set()


def test_the_page_about_the_command_line_names_every_command() -> None:
    assert {command for command in COMMANDS if f"`smsbin {command}`" not in FILES["cli"]} == set()


@pytest.mark.parametrize("name", [*FILES, "README"])
def test_the_commands_that_a_page_names_exist(name: str) -> None:
    text = FILES.get(name, README)
    fenced = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    code = "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", _without_code(text))])
    assert set(re.findall(r"(?:^|\$\()smsbin ([a-z]+)", code, re.MULTILINE)) <= COMMANDS.keys()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^make ([a-z-]+)", code, re.MULTILINE))
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()


@pytest.mark.parametrize("name", [*FILES, "README"])
def test_the_addresses_that_a_page_names_are_routes(name: str) -> None:
    known = {re.sub(r"\{(\w+)(:([^{}]|\{[^}]*\})*)?\}", r"{\1}", route.path) for route in ROUTES}
    # Addresses of others, such as twilio.com, may have the same path.
    named = re.findall(r"(?<!\.com)/(?:api/v1|healthz|readyz|metrics|docs)\b[/\w{}<>.-]*", FILES.get(name, README))
    paths = {re.sub(r"<(\w+)>", r"{\1}", path).rstrip("./").replace("/primary", "/{role}") for path in named}
    assert {path for path in paths if path not in known} == set()
