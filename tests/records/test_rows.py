"""From cells to a record: values as they came, and what follows from them."""

from app.domain.messages.model import Direction
from app.domain.reconciliation.records import ProviderNote, Record, RecordTime
from app.domain.roles import Role
from app.domain.statuses import Status
from app.providers.kit.bounds import MAX_TEXT, MAX_VALUE
from app.records.rows import RowReader
from app.records.shape import VALUES, RecordShape
from app.records.times import uuid_time


def _shape(**changed: object) -> RecordShape:
    values = {"provider": "plivo", "title": "test", "needs": frozenset(), "columns": {}}
    return RecordShape(**(values | changed))  # type: ignore[arg-type]


def _entries(shape: RecordShape | None = None, ids: tuple[str, ...] = ("a",), **cells: str) -> list[object]:
    named = {name.strip("_"): cell for name, cell in cells.items()}
    values = tuple(named.get(name, "") for name in VALUES[1:])
    return list(RowReader(shape or _shape()).entries(3, 1, ids, values, ("x",)))


def _record(shape: RecordShape | None = None, ids: tuple[str, ...] = ("a",), **cells: str) -> Record:
    record = _entries(shape, ids, **cells)[0]
    assert isinstance(record, Record)
    return record


def test_a_row_without_an_id_and_a_party_is_no_record() -> None:
    assert _entries(ids=("",), from_="+14155550123") == []
    assert _entries(ids=(), to="+14155550123") == []
    assert len(_entries(ids=(), from_="+14155550123", to="Acme")) == 1


def test_place_and_row_are_kept() -> None:
    record = _record()
    assert (record.row, record.part, record.original, record.provider) == (3, 1, ("x",), "plivo")


def test_an_apostrophe_before_a_formula_is_not_part_of_a_text() -> None:
    assert _record(text="'=1+1").text == "=1+1"
    assert _record(text="'tis me").text == "'tis me"
    assert _record(text="  ").text is None
    assert _record(text=" a ").text == " a "


def test_values_are_bounded() -> None:
    record = _record(ids=("x" * 1_000,), text="y" * 10_000, status="z" * 1_000, currency="c" * 999, error="e" * 1_000)
    assert (len(record.ids[0]), len(record.text or ""), len(record.word or "")) == (MAX_VALUE, MAX_TEXT, MAX_VALUE)
    assert (len(record.currency or ""), len(record.error_code or "")) == (MAX_VALUE, MAX_VALUE)


def test_prices_keep_their_sign_and_what_is_no_price_is_left_out() -> None:
    assert [_record(price=price).price for price in ("-0.0079", "'-0.0079", "0,07", "free", "1e99", "")] == [
        "-0.0079", "-0.0079", "0,07", None, None, None
    ]  # fmt: skip
    assert _record(error="000").error_code is None
    assert [_record(segments=text).segments for text in ("2", " 3 ", "0", "-1", "many")] == [2, 3, None, None, None]


def test_the_end_counts_only_for_a_final_status() -> None:
    time = "2026-11-28T20:00:00Z"
    assert _record(direction="outbound", status="queued", ended=time).ended is None
    assert _record(direction="outbound", status="delivered", ended=time).ended is not None


def test_without_a_direction_the_status_shows_it() -> None:
    assert _record(status="received").direction is Direction.INBOUND
    assert _record(status="delivered").direction is Direction.OUTBOUND
    assert _record(status="whatever").direction is None
    assert _record().direction is None
    assert _record(_shape(direction=Direction.INBOUND), status="delivered").status is Status.RECEIVED


def test_one_id_of_several_recipients() -> None:
    cells = {"to": "+14155550123"}
    assert _record(_shape(by_recipient="always"), **cells).ids == ("a:+14155550123",)
    assert _record(_shape(by_recipient="maybe"), **cells).ids == ("a", "a:+14155550123")
    assert _record(_shape(by_recipient="maybe")).ids == ("a",)


def test_all_ids_of_a_row_are_kept_once() -> None:
    shape = _shape(id_of=lambda cell: cell.rpartition("/")[2])
    assert _record(shape, ids=("/x/a", "a", "", "b")).ids == ("a", "b")


def test_times_without_a_zone_are_utc_only_where_it_is_documented() -> None:
    cell = "2026-11-28 20:00:00"
    assert _record(sent=cell).sent == RecordTime(1_795_896_000_000_000, zoned=False)
    assert _record(_shape(utc=True), sent=cell).sent == RecordTime(1_795_896_000_000_000)


def test_the_time_in_an_id_is_used_if_it_is_that_of_the_row() -> None:
    shape = _shape(time_of_id=uuid_time)
    ids = ("9d3ed970-ab08-11e8-9936-413fe38766e4",)
    of_id = uuid_time(ids[0])
    assert _record(shape, ids).created == of_id
    assert _record(shape, ids, created="2018-08-28 16:23:32").created == of_id
    assert _record(shape, ids, created="2026-11-28 20:00:05").created == RecordTime(1_795_896_005_000_000, zoned=False)


def test_a_webhook_that_was_not_accepted_gives_a_note() -> None:
    record, note = _entries(direction="outbound", webhook="502", created="2026-11-28T20:00:00Z")
    assert isinstance(record, Record)
    assert isinstance(note, ProviderNote)
    assert record.webhook_ok is False
    assert (note.row, note.about, note.ok, note.code, note.role) == (3, "a", False, "502", Role.STATUS)
    assert len(_entries(direction="outbound", webhook="200")) == 1


def test_a_status_may_be_about_the_webhook_of_inbound_messages_only() -> None:
    shape = _shape(webhook_inbound=True)
    assert _record(shape, direction="inbound", webhook="undelivered").webhook_ok is False
    assert _record(shape, direction="inbound", webhook="delivered").webhook_ok is True
    assert _record(shape, direction="outbound", webhook="undelivered").webhook_ok is None


def test_a_number_that_is_known_in_part_makes_a_record_vague() -> None:
    assert _record(from_="1.41556E+10").vague
    assert not _record(from_="+14155550123").vague
