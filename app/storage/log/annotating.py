"""Changes the annotations of captures. A step is bounded in time, because captures wait for it."""

from ...clock import ticks
from ...domain.annotations import MAX_TAGS, NO_ANNOTATION, Annotation
from ..ids import row_id
from ..rows import read_annotation, write_tags
from . import jobs
from .batch import Batch, Counter, Rejected
from .deleting import STEP_S
from .results import Result


def annotate(batch: Batch, job: jobs.Annotate) -> Result:
    """Change the annotations of some captures. Raises Rejected when the only one does not exist; of several, those that
    do not exist are passed over."""
    counter = batch.counter(job.bin_id)
    batch.flush()
    ends_at = ticks() + STEP_S
    changed, refused, done = 0, 0, 0
    for n in job.numbers:
        old = _annotation_of(batch, counter, n)
        if old is None and len(job.numbers) == 1:
            raise Rejected("not_found", f"There is no #{n} in this bin.")
        new = old if old is None else job.change.of(old)
        if new is not None and len(new.tags) > MAX_TAGS:
            refused += 1
        elif new is not None and new != old:
            _write(batch, counter, n, new)
            changed += 1
        done += 1
        if ticks() >= ends_at:
            break
    return Result(value=changed, refused=refused, next=done if done < len(job.numbers) else None)


def _annotation_of(batch: Batch, counter: Counter, n: int) -> Annotation | None:
    """The annotation of a capture; None if the capture does not exist."""
    if not counter.floor_n < n <= counter.last_n:
        return None
    values = {"bin": counter.number, "n": n, "id": row_id(counter.number, n)}
    row = batch.transaction.one("get_annotation", values)
    if row is None:
        return None
    return NO_ANNOTATION if row["pinned"] is None else read_annotation(row)


def _write(batch: Batch, counter: Counter, n: int, new: Annotation) -> None:
    counter.last_a += 1
    values = {
        "bin": counter.number, "n": n, "a": counter.last_a, "pinned": new.pinned, "note": new.note,
        "tags": write_tags(new.tags),
    }  # fmt: skip
    batch.transaction.run("set_annotation", values)
