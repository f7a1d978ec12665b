"""The settings that the parsers and the signature checks use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import CannotStart
from app.services.reader_context import context_of
from app.settings import Settings


def test_a_key_file_that_cannot_be_read_or_is_too_short_ends_the_start(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    with pytest.raises(CannotStart, match="The secrets key file"):
        context_of(make_settings(secrets_key_file=str(tmp_path / "nothing")))
    file = tmp_path / "short"
    file.write_text("short")
    with pytest.raises(CannotStart, match=r"The secrets key in .* needs at least 16"):
        context_of(make_settings(secrets_key_file=str(file)))
