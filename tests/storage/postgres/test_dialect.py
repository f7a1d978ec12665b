"""The translation of shared SQL."""

import pytest

from app.storage.postgres.dialect import translate


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
            r"select (cast(replace(a.b, '\u0000', '\u0020') as json) ->> substr('$.kind', 3))",
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
