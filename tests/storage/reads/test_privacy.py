"""Privacy settings, and what was withheld of a capture, are there after the store is opened again."""

from pathlib import Path

import msgspec

from app.domain.captures import NewCapture
from app.domain.roles import Role
from app.domain.withheld import Withheld, WithheldBody
from app.storage.opening import open_store
from tests.storage.builders import a_bin, a_raw

WITHHELD = Withheld(headers=("authorization",), body=WithheldBody(size=3, sha256="ab", why="it is compressed"))


async def test_settings_and_notes_are_kept(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        bin = await a_bin(store)
        await store.set_privacy(bin.id, '{"mask":true}')
        for withheld in (WITHHELD, None):
            raw = msgspec.structs.replace(a_raw(b"a=1"), withheld=withheld)
            await store.add_capture(NewCapture(bin_id=bin.id, role=Role.PRIMARY, raw=raw))
    async with open_store(tmp_path) as store:
        assert await store.list_privacy() == [(bin.id, '{"mask":true}')]
        assert (await store.get_capture(bin.id, 1)).raw.withheld == WITHHELD
        assert (await store.get_capture(bin.id, 2)).raw.withheld is None
