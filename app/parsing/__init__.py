"""Pure: bounded views of a raw request, made on demand. Nothing that is sent raises or takes long."""

from .body import parse
from .bounds import MAX_BYTES, MAX_DEPTH, MAX_FIELDS
from .fields import ParsedField, every_field
from .forms import read_form, read_query
from .json import flatten
from .quick import QuickParsed, parse_quickly
from .results import Charset, JsonValue, Pairs, Parsed, Part, XmlNode

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_FIELDS",
    "Charset",
    "JsonValue",
    "Pairs",
    "Parsed",
    "ParsedField",
    "Part",
    "QuickParsed",
    "XmlNode",
    "every_field",
    "flatten",
    "parse",
    "parse_quickly",
    "read_form",
    "read_query",
]
