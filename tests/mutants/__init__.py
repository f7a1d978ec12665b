"""Planted defects: one-line patches of the source, each of which a test must catch.

`make mutants` applies them one at a time to a copy of the checkout and shows which test caught which. A defect is a
table in `defects/*.toml` with these keys:

- breaks: what goes wrong, in words
- file: the source that is patched: Python, SQL, a template, a script
- before: the line that is replaced, without its indentation; it must be found exactly once
- after: the new line
- tests: what should catch it: test files, or single tests of them
- ci: true for the ten that run in CI

`make mutants` fails when a defect survives, when the tests fail without one, and when a line is not found.
"""
