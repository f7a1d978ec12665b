"""Captures and messages as files, one module a format. Pure: shaped rows in, bytes out, one row at a time.

A row is what the API shows, as plain values: whoever exports makes it, so that a file and the API never differ.
"""

from . import csv, har, jsonl
from .format import About, Format, Row

__all__ = ["EXPORTERS", "WHATS", "About", "Format", "Row"]

# A new format is a module and a name here.
EXPORTERS: dict[str, Format] = {each.name: each for each in (csv.FORMAT, jsonl.FORMAT, har.FORMAT)}
WHATS = ("captures", "messages")
