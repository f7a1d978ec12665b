"""How much of a record file is read. Beyond a bound the file is refused, with the reason and the cure."""

MAX_UNPACKED = 100_000_000
"""Bytes of a file, after unpacking."""

MAX_ROWS = 1_000_000
"""Rows of a file."""

MAX_ROW = 1024 * 1024
"""Characters of one row, or of one JSON object: a text has some thousand, and a row is held in memory as a whole."""

MAX_COLUMNS = 500
"""Columns of a table."""

MAX_NESTING = 4
"""Levels of JSON objects around the list of messages; ClickSend has two, Ytel three."""
