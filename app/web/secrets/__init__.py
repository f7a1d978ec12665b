"""Signing secrets of a bin: the section of its settings, and API."""
