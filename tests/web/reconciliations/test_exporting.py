"""Exports of records, page by page."""

import csv
import io

import pytest

from app.web.reconciliations import exporting
from tests.conftest import Running
from tests.reconciling import compared, here, row

__all__ = ["here"]


@pytest.mark.usefixtures("here")
async def test_every_record_is_exported_whatever_the_size_of_a_page(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    made = await compared(server, [row(number) for number in range(1, 6)], file="log.csv")
    url = f"{server.bin_api}/reconciliations/{made['id']}/export"
    async with server.client.get(url) as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="reconciliation-{made["id"]}.csv"'
        rows = list(csv.DictReader(io.StringIO(await answer.text())))
    assert [each["row"] for each in rows] == ["1", "2", "3", "4", "5"]
    assert "text" not in rows[0], "texts are not kept"
    async with server.client.head(url) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
