"""The parts of `docs/` that are made from the source: settings, findings, words of the filter, providers' facts.

`make guide` writes them, and a test compares them.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.domain.findings import FINDINGS
from app.domain.providers import PROVIDER_TITLES
from app.domain.reconciliation.verdicts import REASON_WORDS, VERDICT_WORDS, CodeWords
from app.domain.roles import Role
from app.domain.search import VALUES
from app.providers.sheet import Sheet
from app.records.shapes import SHAPES
from app.settings import all_settings
from app.signatures.schemes import SCHEMES
from app.signatures.words import cure_of, known_causes
from app.web.words.portals import sheets

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def settings() -> str:
    """A row for each flag."""
    return "\n".join(f"| `{k.flag}` | `{k.variable}` | {k.default} | {k.help} |" for k in all_settings())


def findings() -> str:
    """A row for each code."""
    return "\n".join(f"| `{f.code}` | {f.title} | {f.cause} {f.cure} |" for f in FINDINGS.values())


def filter_words() -> str:
    """A row for each key of the filter that has fixed words."""
    words = {key: " ".join(f"`{word}`" for word in values) for key, values in VALUES.items()}
    words["has"] = "`any`, or a code of [Findings](findings.md)"
    return "\n".join(f"| `{key}:` | {text} |" for key, text in words.items())


def providers() -> str:
    """A section for each provider."""
    return "\n\n".join("\n".join(_provider(sheet)) for sheet in sheets()) + "\n"


def _provider(sheet: Sheet) -> Iterator[str]:
    yield f"## {sheet.title}\n"
    yield f"In the portal: *{sheet.portal.where}* (checked on {sheet.portal.checked}).\n"
    yield "| field | paste | |"
    yield "|---|---|---|"
    for field in sheet.portal.fields:
        suffix = "" if field.role is Role.PRIMARY else f"/{field.role.value}"
        yield f"| {field.name} | `/<key>{suffix}` | {field.hint or '–'} |"
    habits = sheet.habits
    yield ""
    yield f"- **Waits for the answer**: {f'{habits.timeout_s:g} seconds' if habits.timeout_s else 'not published'}"
    yield f"- **Retries**: {habits.retries or 'not published'}"
    yield f"- **Fallback**: {habits.fallback or 'not published'}"
    yield f"- **Signature**: {habits.signature or 'not published'}"
    yield f"- **Times**: {sheet.times}"


def schemes() -> str:
    """A row for each signature scheme."""
    rows = []
    for scheme in SCHEMES:
        title = scheme.title[0].upper() + scheme.title[1:]
        window = "–" if scheme.window_s is None else f"{scheme.window_s:g} s"
        rows.append(f"| {title} | `{scheme.name}` | {scheme.secret_is} | {window} |")
    return "\n".join(rows)


def causes() -> str:
    """A row for each cause of a verdict."""
    return "\n".join(f"| `{cause}` | {cure_of(cause)} |" for cause in known_causes())


def exports() -> str:
    """A row for each form of a provider's list."""
    rows = []
    for shape in sorted(SHAPES, key=lambda shape: list(PROVIDER_TITLES).index(shape.provider or "")):
        names = " ".join(f"`{name}`" for name in sorted(shape.needs))
        rows.append(f"| {shape.title} | {names} | {shape.source} |")
    return "\n".join(rows)


def verdicts() -> str:
    """A row for each verdict of a reconciliation."""
    return _codes(VERDICT_WORDS)


def reasons() -> str:
    """A row for each reason of one."""
    return _codes(REASON_WORDS)


def _codes(codes: Mapping[str, CodeWords]) -> str:
    return "\n".join(
        f"| `{code}` | {words.title} | {f'{words.meaning} {words.cure}'.strip()} |" for code, words in codes.items()
    )


# What stands before each part, by page; the part ends at the next blank line, or with the file.
TABLES: Mapping[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "settings": (("| flag | variable | default | |\n|---|---|---|---|\n", settings),),
    "findings": (("| code | | cause and cure |\n|---|---|---|\n", findings),),
    "messages": (("| key | words |\n|---|---|\n", filter_words),),
    "reconciling": (
        ("| export | recognised by | source |\n|---|---|---|\n", exports),
        ("| verdict | | meaning and what to do |\n|---|---|---|\n", verdicts),
        ("| reason | | meaning and what to do |\n|---|---|---|\n", reasons),
    ),
    "signatures": (
        ("| signature | name | secret | window |\n|---|---|---|---|\n", schemes),
        ("| cause | what to do |\n|---|---|\n", causes),
    ),
}


def as_it_should_be(name: str) -> str:
    """A page with its part made anew."""
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    if name == "providers":
        return text.partition("\n## ")[0].rstrip("\n") + "\n\n" + providers()
    for head, make in TABLES[name]:
        before, found, after = text.partition(head)
        assert found, f"docs/{name}.md has no table that begins with {head!r}"
        rest = after if after.startswith("\n") else "\n" + after.partition("\n\n")[2]
        text = before + head + make() + "\n" + (rest if rest.strip() else "")
    return text


PAGES = (*TABLES, "providers")
