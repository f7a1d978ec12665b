"""Translates shared SQL, which SQLite reads as it is, into that of PostgreSQL.

Only what can be replaced without understanding the query is replaced here; a query that needs more has an override of
its own under `sql/postgres/`. An override passes the same translation, so it has `:name` and no schema, too.

What shared SQL must not rely on: `min` and `max` of several values are null on SQLite if one of them is; `instr` that
is not compared with a number is a condition.
"""

import re
from collections.abc import Callable

LOG, LEDGER = "smsbin_log", "smsbin_ledger"
# The beginning of a text that is in an index: an entry of an index has at most 2,700 bytes.
INDEXED = 200
# Lists of texts by the names of their parameters; all others are lists of numbers.
_TEXT_LISTS = frozenset({"among", "messages", "p", "states"})

_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*\n?")
_HELD = re.compile("\x00(\\d+)\x00")
_VALUE = r"(?:[\w.:]+(?:\([^()]*\))?|\x00\d+\x00)"
_NOCASE = re.compile(rf"({_VALUE}) collate nocase(?:( (?:=|<|<=|>|>=) )({_VALUE}))?")
_PARAMETER = re.compile(r"(?<!:):([a-z_]\w*)")
_HEX = re.compile(r"\b0x[0-9a-f]+\b")
_IN_LIST = re.compile(r"\b(not )?in \(select value\s+from json_each\(:(\w+)\)\)")
_COMPARED = re.compile(r"\s*(?:=|<|>)")
_TABLE = re.compile(
    r"(?<!for )(?<!key )(?<!distinct )\b(from|join|into|update|using)(\s+)(log\.)?(?!pg_)([a-z]\w*)\b(?![(.])"
)
_NO_TABLE = frozenset({"lateral", "select", "set", "values"})
_NAMED_ROWS = re.compile(r"(?:\bwith|\brecursive|,)\s+(\w+)(?: \([^()]*\))? as (?:(?:not )?materialized )?\(")

_PLAIN = (
    (re.compile(r"\bcross join ((?:log\.)?\w+(?: as \w+)?(?: indexed by \w+)?\s+on\b)"), r"join \1"),
    (re.compile(r"\s+indexed by \w+"), ""),
    (re.compile(r"\bas integer\)"), "as bigint)"),
    # SQLite ignores the case of ASCII letters, as does this with the collation of the columns.
    (re.compile(r"\blike\b"), "ilike"),
)


def translate(text: str, schema: str) -> str:
    """A query for psycopg whose tables are in `schema`, and those after `log.` in the schema of the log. It must be
    run with values, even if there are none, because each `%` of it is doubled."""
    literals: list[str] = []
    text = _LITERAL.sub(lambda match: _hold(match[0], literals), text).strip()
    text, is_ignoring = re.subn(r"\binsert or ignore\b", "insert", text)
    if is_ignoring:
        text += "\non conflict do nothing"
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    text = _HEX.sub(lambda match: str(int(match[0], 16)), text)
    text = _IN_LIST.sub(lambda match: f"{'<> all' if match[1] else '= any'}({_array(match[2])})", text)
    for name, convert in _FUNCTIONS.items():
        text = _convert_calls(text, name, convert)
    text = _NOCASE.sub(_ignore_case, text)
    text = _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%")).replace("?", "%s")
    text = _with_schemas(text, schema)
    return _HELD.sub(lambda match: literals[int(match[1])].replace("%", "%%"), text)


def _hold(found: str, literals: list[str]) -> str:
    """A mark in place of a literal, which no rule changes; comments are left out."""
    if found.startswith("--"):
        return "\n"
    literals.append(found)
    return f"\x00{len(literals) - 1}\x00"


def _ignore_case(match: re.Match[str]) -> str:
    """As the indexes have it. The exact values must be compared in addition, because only the beginning is here."""
    left = f"lower(left({match[1]}, {INDEXED}))"
    # A parameter would be changed by the rules of the database's language.
    return left if match[2] is None else f'{left}{match[2]}lower(left({match[3]}, {INDEXED}) collate "C")'


def _convert_calls(text: str, name: str, convert: Callable[[list[str], str], str | None]) -> str:
    """Replace each call of a function. `convert` gets the arguments and what follows the call; None keeps it."""
    done = len(text)
    while (start := text.rfind(f"{name}(", 0, done)) >= 0:
        done = start
        if start and (text[start - 1].isalnum() or text[start - 1] in "_."):
            continue
        arguments, end = _arguments(text, start + len(name) + 1)
        converted = convert(arguments, text[end:])
        if converted is not None:
            text = text[:start] + converted + text[end:]
    return text


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a call whose parenthesis is before `start`, and the end of the call."""
    arguments, depth, begin = [], 0, start
    for at in range(start, len(text)):
        if text[at] == "(":
            depth += 1
        elif text[at] in ",)" and depth == 0:
            arguments.append(text[begin:at].strip())
            begin = at + 1
            if text[at] == ")":
                return arguments, at + 1
        elif text[at] == ")":
            depth -= 1
    raise ValueError(f"a parenthesis is not closed: {text}")


def _instr(arguments: list[str], rest: str) -> str:
    call = f"strpos({', '.join(arguments)})"
    return call if _COMPARED.match(rest) else f"({call} > 0)"


def _json_each(arguments: list[str], rest: str) -> str:
    """The result has a column `value`. A parameter is a list; a column has JSON, and then the result has `key` too."""
    if not arguments[0].startswith(":"):
        return f"{LEDGER}.numbers_of({arguments[0]})"
    alias = re.match(r"\s+as (\w+)", rest)
    name = "" if alias else " as given"
    return f"(select unnest({_array(arguments[0][1:])}) as value){name}"


def _array(parameter: str) -> str:
    return f"cast(:{parameter} as {'text' if parameter in _TEXT_LISTS else 'bigint'}[])"


def _json_extract(arguments: list[str], _: str) -> str:
    # The path is `$.name`. An escaped U+0000 anywhere in the JSON would be an error. The result is compared as texts of
    # tables are: without `C`, `ilike` would ignore the case of all letters.
    value = f"cast(replace({arguments[0]}, '\\u0000', '\\u0020') as json) ->> substr({arguments[1]}, 3)"
    return f'(({value}) collate "C")'


_FUNCTIONS: dict[str, Callable[[list[str], str], str | None]] = {
    "min": lambda arguments, _: f"least({', '.join(arguments)})" if len(arguments) > 1 else None,
    "max": lambda arguments, _: f"greatest({', '.join(arguments)})" if len(arguments) > 1 else None,
    "iif": lambda arguments, _: "case when {} then {} else {} end".format(*arguments),
    "instr": _instr,
    "json_each": _json_each,
    "json_group_array": lambda arguments, _: f"cast(coalesce(json_agg({arguments[0]}), '[]') as text)",
    "json_extract": _json_extract,
}


def _with_schemas(text: str, schema: str) -> str:
    names = _NO_TABLE | set(_NAMED_ROWS.findall(text))

    def qualified(match: re.Match[str]) -> str:
        if match[3] is None and match[4] in names:
            return match[0]
        return f"{match[1]}{match[2]}{schema if match[3] is None else LOG}.{match[4]}"

    return _TABLE.sub(qualified, text)
