"""Changes as HTML edits for the open page, made from the page's own partials: a row exists once, in Jinja."""

import asyncio
import json
from collections.abc import Sequence

import jinja2

from ..domain.bins import Bin
from ..domain.captures import Captured, Change, Deleted, MessageChanged

# Rows that are rendered in one turn of the loop: about half a millisecond, then captures come first.
AT_ONCE = 8


async def page_frame(environment: jinja2.Environment, bin: Bin, changes: Sequence[Change], base: str) -> str:
    """One frame: `after` is the cursor, `edits` go to elements by id. Only a capture's last state is rendered."""
    last = {change.row.n: change for change in changes if isinstance(change, Captured)}
    new = {change.row.n for change in changes if isinstance(change, Captured) and change.first}
    row = environment.get_template("captures/_row.html")
    edits: list[dict[str, object]] = []
    for change in changes:
        if isinstance(change, MessageChanged):
            continue  # a message has its own page; here its captures speak for it
        if isinstance(change, Deleted):
            op = "remove-through" if change.through else "remove"
            edits.append({"op": op, "n": change.n})
        elif last[change.row.n] is change:
            op = "prepend" if change.row.n in new else "replace"
            if len(edits) % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            html = row.render(row=change.row, bin=bin, base=base)
            edits.append({"op": op, "n": change.row.n, "target": f"capture-{change.row.n}", "html": html})
    side = environment.get_template("captures/_counts.html").render(bin=bin)
    edits.append({"op": "replace", "target": "counts", "html": side})
    return json.dumps({"after": changes[-1].seq, "edits": edits}, ensure_ascii=False)
