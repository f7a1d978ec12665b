"""Every page that a person can open is in the tables, and no table names a page that is not there."""

from app.web.routes import ROUTES
from app.web.site.pages import BIN_PAGES, BIN_SECTIONS, BIN_TABS, SITE_PAGES

# Fragments, files, and steps of something that has begun on another page.
NO_PAGE = {"/rows", "/live", "/others", "/mapping/export", "/delete", "/messages/rows", "/messages/side"}
NO_PAGE |= {"/compare/rows", "/compare/side", "/filters", "/axis"}


def test_every_page_of_a_bin_is_in_the_palette() -> None:
    below = {route.path.removeprefix("/bins/{bin}") for route in ROUTES if route.method == "GET"}
    pages = {path for path in below if path in ("", *NO_PAGE) or (path.startswith("/") and "{" not in path)}
    pages = {path for path in pages if any(route.path == f"/bins/{{bin}}{path}" for route in ROUTES)}
    assert {link.path.partition("#")[0] for link in BIN_PAGES} == pages - NO_PAGE
    assert len({link.title for link in BIN_PAGES}) == len(BIN_PAGES)


def test_every_page_of_the_site_leads_somewhere() -> None:
    paths = {route.path for route in ROUTES if route.method == "GET"} | {"/docs/guide/findings"}
    assert {link.path.partition("#")[0] for link in SITE_PAGES} <= paths


def test_a_letter_leads_to_one_page() -> None:
    letters = [link.key for link in BIN_TABS]
    assert len(set(letters)) == len(letters)
    assert [link.name for link in (*BIN_TABS, *BIN_SECTIONS)].count("settings") == 2
