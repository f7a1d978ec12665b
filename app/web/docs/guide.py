"""The guide: the Markdown files of `docs/` as pages, which need no network. Public: nothing captured is in them.

A file is read and rendered once in a process. Its links are relative, so the result is the same under every base path,
and the same links work where the files are read as they are. Markdown is read by markdown-it-py: CommonMark with
tables, maintained, and with HTML switched off nothing but our own tags comes out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from aiohttp import web
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ..site.static import ASSETS
from ..site.templates import folder, render

INDEX = "index"
_PAGE_LINK = re.compile(r"([a-z-]+)\.md(#[a-z0-9-]+)?")
_IMAGE = "../static/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One file as HTML. `sections` are the (id, title) of its second headings."""

    title: str
    html: Markup
    sections: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page of the navigation."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage:
    """What the template shows. `groups` is the navigation by heading; `before` and `after` are the neighbours."""

    name: str
    content: Rendered
    groups: Mapping[str, Sequence[Link]]
    before: Link | None
    after: Link | None


async def index(request: web.Request) -> web.StreamResponse:
    """GET /docs/guide"""
    return _show(request, INDEX)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /docs/guide/{page}. HTTPNotFound: there is no such page."""
    name = request.match_info["page"]
    if name == INDEX or name not in texts(folder("docs")):
        raise web.HTTPNotFound
    return _show(request, name)


def _show(request: web.Request, name: str) -> web.Response:
    docs = folder("docs")
    groups = navigation(docs)
    order = [Link(name=INDEX, title="Guide"), *(link for links in groups.values() for link in links)]
    place = [link.name for link in order].index(name)
    page = GuidePage(
        name=name,
        content=rendered(docs, name, request.app[ASSETS].version),
        groups=groups,
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
    )
    return render(request, "docs/guide.html", page)


@cache
def texts(docs: Path) -> Mapping[str, str]:
    """The Markdown of every page by its name. A name in a request is looked up here, never in the file system."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(docs.glob("*.md"))}


@cache
def navigation(docs: Path) -> Mapping[str, Sequence[Link]]:
    """The links of the index page by the heading above them, with the titles of the pages that they lead to."""
    groups: dict[str, list[Link]] = {}
    heading = ""
    for line in texts(docs)[INDEX].splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        for name, _ in _PAGE_LINK.findall(line) if line.startswith("- ") else ():
            title = texts(docs)[name].partition("\n")[0].removeprefix("# ")
            groups.setdefault(heading, []).append(Link(name=name, title=title))
    return groups


@cache
def rendered(docs: Path, name: str, static_version: str) -> Rendered:
    """A page as HTML. `static_version` is a part of the addresses of images."""
    markdown = _markdown()
    tokens = markdown.parse(texts(docs)[name])
    headings = list(_number_headings(tokens))
    for token in _links(tokens):
        _point(token, name, static_version)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Rendered(
        title=next(title for tag, _, title in headings if tag == "h1"),
        html=Markup(html),  # noqa: S704 - made from our own files, with HTML off
        sections=[(id, title) for tag, id, title in headings if tag == "h2"],
    )


def slug(title: str) -> str:
    """The id of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    # A table may be wider than a phone. What scrolls must be reachable by keyboard.
    opening = '<div class="scroll" tabindex="0" role="group" aria-label="Table">\n<table class="grid">\n'
    markdown.add_render_rule("table_open", lambda *_: opening)
    markdown.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return markdown


def _number_headings(tokens: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Give each heading its id; (tag, id, title)."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            title = "".join(child.content for child in inline.children or ())
            opening.attrSet("id", slug(title))
            yield opening.tag, slug(title), title
        elif opening.type == "th_open":
            opening.attrSet("scope", "col")


def _links(tokens: Sequence[Token]) -> Iterator[Token]:
    inline = (child for token in tokens for child in token.children or ())
    return (token for token in inline if token.type in ("link_open", "image"))


def _point(token: Token, page: str, static_version: str) -> None:
    """Turn a link between files into one between pages. The index is one level above the other pages."""
    attribute = "src" if token.type == "image" else "href"
    target = str(token.attrGet(attribute) or "")
    if match := _PAGE_LINK.fullmatch(target):
        name, anchor = match[1], match[2] or ""
        below = "guide/" if page == INDEX else ""
        path = ("guide" if page == INDEX else "../guide") if name == INDEX else f"{below}{name}"
        token.attrSet(attribute, path + anchor)
    elif target.startswith(_IMAGE):
        above = "../" if page == INDEX else "../../"
        token.attrSet(attribute, f"{above}static/{static_version}/{target.removeprefix(_IMAGE)}")
