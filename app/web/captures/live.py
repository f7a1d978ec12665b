"""Edits of the list of requests."""

from ...domain.captures import Captured, Deleted
from ..live.edits import Edit, Work, macro_of, yield_to_loop
from ..site.filters import suffix_of


async def edits(work: Work) -> list[Edit]:
    """Rows of requests. Only a capture's last state is rendered."""
    last = {change.row.n: change for change in work.changes if isinstance(change, Captured)}
    new = {change.row.n for change in work.changes if isinstance(change, Captured) and change.first}
    if work.state.query is not None and new:
        new &= await work.store.matching(work.bin.id, work.state.query, sorted(new))
    render = macro_of(work.environment, "captures/_row.html", "capture_row")
    suffix = suffix_of(work.state.q)
    edits: list[Edit] = []
    dispatches = await work.forwards.dispatches(work.bin.id, [change.row for change in last.values()])
    for change in work.changes:
        if isinstance(change, Deleted):
            edits.append({"op": "remove-through" if change.through else "remove", "n": change.n})
        elif isinstance(change, Captured) and last[change.row.n] is change:
            op = "prepend" if change.row.n in new else "replace"
            await yield_to_loop(edits)
            row = work.state.masking.listed(change.row)
            html = render(row, work.bin, work.state.base, suffix, dispatches=dispatches.get(row.n, ()))
            edits.append({"op": op, "n": change.row.n, "target": f"capture-{change.row.n}", "html": html})
    side = work.environment.get_template("captures/_counts.html")
    html = side.render(bin=work.bin, base=work.state.base, q=work.state.q)
    edits.append({"op": "replace", "target": "counts", "html": html})
    return edits
