"""Why a file cannot be read. All of them name the cure, because they are for the person who exported the file."""

from collections.abc import Sequence

from ..errors import Invalid


class UnreadableRecords(Invalid):
    """The file is no list of messages that can be read. The message has the line where there is one."""

    code = "unreadable_records"

    def __init__(self, reason: str) -> None:
        super().__init__(("file", reason))


class UnknownColumns(UnreadableRecords):
    """The file can be read, but its columns are no provider's: a mapping is needed. `columns` are their names, `rows`
    the first cells of each, for guesses."""

    code = "unknown_columns"

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.columns = tuple(columns)
        self.rows = tuple(tuple(row) for row in rows)
        names = ", ".join(self.columns[:12]) + (" …" if len(self.columns) > 12 else "")
        super().__init__(f"No provider is known to export the columns {names}. Choose what each column means.")
