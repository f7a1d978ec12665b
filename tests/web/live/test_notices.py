"""Notices of an open page: what its script says that it shows."""

import re
from pathlib import Path

from app.web.live.notices import NOTICES

SCRIPT = Path(__file__).parents[3] / "static/js/live/live.js"


def test_the_script_of_all_live_pages_sends_the_names_that_the_server_reads() -> None:
    (address,) = re.findall(r"`\$\{root\.dataset\.live\}/live\?(.+?)`", SCRIPT.read_text())
    assert re.findall(r"(\w+)=", address) == ["after", *NOTICES]
