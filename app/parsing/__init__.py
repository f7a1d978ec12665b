"""Pure: bounded views of a raw request, made on demand. Nothing that is sent raises or takes long."""

from .body import parse
from .bounds import MAX_BYTES, MAX_DEPTH, MAX_FIELDS
from .fields import ParsedField, every_field
from .forms import read_form, read_query
from .glance import Look, look
from .json import flatten
from .results import Charset, JsonValue, Pairs, Parsed, Part, XmlNode

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_FIELDS",
    "Charset",
    "JsonValue",
    "Look",
    "Pairs",
    "Parsed",
    "ParsedField",
    "Part",
    "XmlNode",
    "every_field",
    "flatten",
    "look",
    "parse",
    "read_form",
    "read_query",
]
