"""Planted defects: one-line patches of the source, each of which a test must catch. `make mutants` plants them one at a
time into a copy of the checkout and shows which test caught which.

A defect is data: a table in `defects/*.toml`, with these keys.

    breaks   what goes wrong, in words
    file     the source that is patched: Python, SQL, a template, a script
    before   the line that is replaced, without its indentation; it must be found exactly once
    after    the line in its place
    tests    what should catch it: test files, or single tests of them
    ci       true: one of the ten that run in CI

`make mutants` fails when a defect survives, when the tests fail without one, and when a line is not found.
"""
