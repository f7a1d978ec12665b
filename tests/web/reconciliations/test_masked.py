"""Files of providers in a masked bin: their numbers and texts are masked in pages and exports."""

import pytest

from app import keys
from app.domain.privacy import Privacy
from tests.conftest import Running
from tests.reconciling import arrive, compared, here, row

__all__ = ["here"]
pytestmark = pytest.mark.usefixtures("here")


async def test_the_rows_of_a_result_are_masked_unless_requested(server: Running) -> None:
    await server.app[keys.PRIVACY].set(server.bin.id, Privacy(mask=True))
    await arrive(server, 1)
    id = (await compared(server, [row(1), row(2, text="code 482913")], keep_rows="1"))["id"]
    page = f"{server.url}/bins/{server.bin.id}/reconcile/{id}"
    export = f"{server.bin_api}/reconciliations/{id}/export"
    for address in (page, export, f"{export}?columns=file"):
        async with server.client.get(address) as answer:
            assert answer.status == 200
            text = await answer.text()
        assert "•••" in text
        assert "482913" not in text
        assert not _numbers(text)
    async with server.client.get(f"{export}?columns=file&mask=false") as answer:
        text = await answer.text()
    assert "482913" in text
    assert _numbers(text)


def _numbers(text: str) -> list[str]:
    digits = text.replace("-", "").replace(" ", "")
    return [number for number in ("4155550", "2125550") if number in digits]
