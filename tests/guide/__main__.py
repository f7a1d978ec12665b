"""`python -m tests.guide`: write the parts of `docs/` that are made from the source."""

from .written import DOCS, PAGES, as_it_should_be

for name in PAGES:
    (DOCS / f"{name}.md").write_text(as_it_should_be(name), encoding="utf-8")
