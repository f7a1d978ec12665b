"""The database of the installation: a URL from the settings or a file, or SQLite in the data directory."""

from ..errors import CannotStart
from ..settings import Settings, parse_database
from .token_file import read_secret_file

MUST_BE_GIVEN = (
    "With a PostgreSQL database, which several servers may share, you choose the access token: set SMSBIN_ACCESS_TOKEN"
    " or SMSBIN_ACCESS_TOKEN_FILE to the same secret on each server (at least 16 characters)."
)


def database_url(settings: Settings) -> str | None:
    """The URL of the PostgreSQL database; None: SQLite in the data directory. Raises CannotStart, without a part of
    the URL, when the file of the URL cannot be used."""
    if settings.database_file is None:
        return settings.database
    text = read_secret_file(settings.database_file, "URL of the database", shortest=1)
    try:
        return parse_database(text)
    except ValueError as error:
        raise CannotStart(f"What is in {settings.database_file} {error}.") from None


def check_token_is_given(settings: Settings) -> None:
    """Raises CannotStart when several servers would each generate an access token."""
    if settings.uses_postgresql and not (settings.access_token or settings.access_token_file):
        raise CannotStart(MUST_BE_GIVEN)
