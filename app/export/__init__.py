"""Captures and messages as files, one module for each format. Pure: takes rows, returns bytes, one row at a time.

A row is an object of the API as plain values, so that a file and the API never differ.
"""

from . import csv, har, jsonl
from .format import About, Format, Row

__all__ = ["EXPORTERS", "WHATS", "About", "Format", "Row"]

# A new format is a module and an entry here.
EXPORTERS: dict[str, Format] = {each.name: each for each in (csv.FORMAT, jsonl.FORMAT, har.FORMAT)}
WHATS = ("captures", "messages")
