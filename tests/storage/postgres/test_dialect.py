"""The translation of shared SQL."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.storage.postgres.connections import connect
from app.storage.postgres.dialect import translate
from app.storage.sqlite.connections import open_log
from tests.postgres import Cluster


@pytest.mark.parametrize(
    ("shared", "translated"),
    [
        ("select :n, ?, 7 % :n", "select %(n)s, %s, 7 %% %(n)s"),
        ("select 'it''s :n ?', a || '%'", "select 'it''s :n ?', a || '%%'"),
        ("select a::text, :b::bigint", "select a::text, %(b)s::bigint"),
        ("-- Why? Because it's :n.\nselect 1 -- of them", "select 1"),
        ("select id & 0xff", "select id & 255"),
        ("select cast(:n as integer) is null", "select cast(%(n)s as bigint) is null"),
        ("select min(a), max(a, coalesce(:b, min(c, d)))", "select min(a), greatest(a, coalesce(%(b)s, least(c, d)))"),
        ("select instr(a, '.') = 1", "select strpos(a, '.') = 1"),
        ("select 1 where not instr(a || ',', ',')", "select 1 where not (strpos(a || ',', ',') > 0)"),
        ("select iif(a = '', 'x', b)", "select case when a = '' then 'x' else b end"),
        (
            "select json_extract(a.b, '$.kind')",
            r"""select ((cast(replace(a.b, '\u0000', '\u0020') as json) ->> substr('$.kind', 3)) collate "C")""",
        ),
        (
            "select 1 where a in (select value from json_each(:ns)) and b not in (select value from json_each(:p))",
            "select 1 where a = any(cast(%(ns)s as bigint[])) and b <> all(cast(%(p)s as text[]))",
        ),
        (
            "select its.value from json_each(:states) as its",
            "select its.value from (select unnest(cast(%(states)s as text[])) as value) as its",
        ),
        ("select value from json_each(a.b)", "select value from smsbin_ledger.numbers_of(a.b)"),
    ],
)
def test_an_expression_is_translated(shared: str, translated: str) -> None:
    assert translate(shared, "smsbin_log") == translated


@pytest.mark.parametrize(
    ("shared", "translated"),
    [
        ("a.b collate nocase = :b", 'lower(left(a.b, 200)) = lower(left(%(b)s, 200) collate "C")'),
        ("a collate nocase >= b.c", 'lower(left(a, 200)) >= lower(left(b.c, 200) collate "C")'),
        ("a order by b collate nocase limit 1", "a order by lower(left(b, 200)) limit 1"),
        ("a collate nocase < 'b'", "lower(left(a, 200)) < lower(left('b', 200) collate \"C\")"),
    ],
)
def test_a_comparison_without_case_is_that_of_the_indexes(shared: str, translated: str) -> None:
    assert translate(f"select {shared}", "smsbin_log") == f"select {translated}"


@pytest.mark.parametrize(
    ("shared", "translated"),
    [
        ("insert or ignore into a (b) values (?)", "insert into L.a (b) values (%s)\non conflict do nothing"),
        ("select * from a cross join b on b.c = a.c", "select * from L.a join L.b on b.c = a.c"),
        ("select * from a cross join b as c on c.d = 1", "select * from L.a join L.b as c on c.d = 1"),
        ("select * from a cross join b where b.c = a.c", "select * from L.a cross join L.b where b.c = a.c"),
        ("select * from a indexed by a_of_b\nwhere c", "select * from L.a\nwhere c"),
        ("select * from a cross join b indexed by c\n    on b.d = 1", "select * from L.a join L.b\n    on b.d = 1"),
        ("select * from a join log.b as c on true", "select * from L.a join smsbin_log.b as c on true"),
    ],
)
def test_a_statement_is_translated(shared: str, translated: str) -> None:
    assert translate(shared, "smsbin_ledger") == translated.replace("L.", "smsbin_ledger.")


@pytest.mark.parametrize(
    "text",
    [
        "select * from L.bins join L.spaces as s on s.x = bins.y left join L.x on true",
        "insert into L.a (b) values (1) on conflict (b) do update set b = excluded.b",
        "update L.bins set a = 1",
        "delete from L.a using L.b where a.c = b.c",
        "with x (y) as (select 1 from L.a), z as (select 2) select * from z join x on true",
        "with recursive x (y) as (select 1 from L.a union all select y from x) select * from x",
        "select * from (select 1 from L.a) as b",
        "select * from L.a order by b for update of a skip locked",
        "select * from unnest(b) as a join lateral (select 1) as c on true",
        "select a is distinct from b from L.c",
        "select * from pg_locks join information_schema.tables on true",
    ],
)
def test_a_table_gets_its_schema_and_nothing_else_does(text: str) -> None:
    assert translate(text.replace("L.", ""), "smsbin_log") == text.replace("L.", "smsbin_log.")


def test_a_parenthesis_that_is_not_closed_is_an_error() -> None:
    with pytest.raises(ValueError, match="not closed"):
        translate("select min(a, b", "smsbin_log")


# Names in an order that differs in English, with letters whose case only some rules know.
NAMES = ("b", "A", "a", "É", "é", "_", "10", "9", "", "ß")
ROWS = [(name, None if len(name) > 1 else place) for place, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    "text",
    [
        "select 7 / 2, -7 / 2, 7 % 3, -7 % 3, 1 << 3 | 1, 0xff & 12",
        "select min(2, 1), max(2, 1, 3), iif(1 > 2, 'a', 'b'), coalesce(null, 3)",
        "select 'a' || 1 || 'b' where instr('abc', 'c') and not instr('abc', 'd') and instr('abc', 'b') = 2",
        "select cast(:null as integer) is null, cast(:three as integer), :three + 1",
        "select name from names order by name",
        "select name from names where name > 'a' order by name",
        "select name from names where name collate nocase = 'a' order by name",
        "select name from names where name collate nocase = :upper order by name",
        "select name from names where name collate nocase >= 'A' and name collate nocase < 'C' order by name",
        "select name from names where name like 'A%' or name like 'É' order by name",
        "select min(name), max(name), count(*) filter (where name > 'a') from names",
        "select name, number from names order by number nulls first, name",
        "select min(number), max(number), sum(number), count(number) from names where name = 'none'",
        "select name from names where name in (select value from json_each(:states)) order by name",
        "select number from names where number not in (select value from json_each(:ns)) order by number",
        "select number > 2 as above, not number > 2 from names where number is not null order by number, name",
    ],
)
def test_a_query_has_the_same_result_on_both_engines(text: str, with_names: psycopg.Connection, tmp_path: Path) -> None:
    values = {"null": None, "three": 3, "upper": "É", "states": ["a", "É", "none"], "ns": [1, 3]}
    with closing(open_log(tmp_path / "log.db")) as on_sqlite:
        on_sqlite.row_factory = None
        on_sqlite.execute("create table names (name text, number integer)")
        on_sqlite.executemany("insert into names values (?, ?)", ROWS)
        expected = on_sqlite.execute(text, {name: value for name, value in values.items() if f":{name}" in text})
        assert with_names.execute(translate(text, "pg_temp").encode(), values).fetchall() == expected.fetchall()


@pytest.fixture(scope="module")
def with_names(postgres: Cluster) -> Iterator[psycopg.Connection]:
    """A temporary table, with the collation of the columns of smsbin."""
    with postgres.database() as database, connect(database.url, "test") as connection:
        connection.execute('create temporary table names (name text collate "C", number bigint)')
        with connection.cursor() as cursor:
            cursor.executemany("insert into names values (%s, %s)", ROWS)
        yield connection
