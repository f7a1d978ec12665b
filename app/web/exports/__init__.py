"""Exports: everything in a bin as one file."""
