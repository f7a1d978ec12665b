"""The contract of all stores about saved filters: they come back as they went in, in their order, and in bounds."""

import pytest

from app import clock
from app.domain.saved_filters import MAX_SAVED, SavedFilter
from app.errors import Conflict, NotFound
from app.store import Store
from tests.storage.builders import a_bin


def a_filter(id: str, name: str = "", text: str = "status:failed") -> SavedFilter:
    return SavedFilter(id=id, name=name or id, text=text, saved_at=clock.now())


async def test_filters_come_back_in_the_order_in_which_they_were_added(store: Store) -> None:
    bin, other = await a_bin(store), await a_bin(store)
    first, second = a_filter("b", "Failed ✗"), a_filter("a", text='from:"ACME \\" Inc"')
    for new in (first, second):
        await store.set_filter(bin.id, new)
    await store.set_filter(other.id, a_filter("b", "Failed ✗"))
    assert await store.list_filters(bin.id) == [first, second]
    renamed = a_filter("b", "Failed now", "status:failed after:1h")
    await store.set_filter(bin.id, renamed)
    assert await store.list_filters(bin.id) == [renamed, second]
    await store.drop_filter(bin.id, "b")
    assert await store.list_filters(bin.id) == [second]
    await store.set_filter(bin.id, renamed)
    assert await store.list_filters(bin.id) == [second, renamed]
    assert len(await store.list_filters(other.id)) == 1


async def test_two_filters_of_a_bin_have_different_names(store: Store) -> None:
    bin = await a_bin(store)
    await store.set_filter(bin.id, a_filter("a", "Failed"))
    with pytest.raises(Conflict, match="named failed"):
        await store.set_filter(bin.id, a_filter("b", "failed"))
    await store.set_filter(bin.id, a_filter("a", "FAILED"))
    assert [found.name for found in await store.list_filters(bin.id)] == ["FAILED"]


async def test_a_bin_has_so_many_saved_filters(store: Store) -> None:
    bin = await a_bin(store)
    for number in range(MAX_SAVED):
        await store.set_filter(bin.id, a_filter(f"f{number}"))
    with pytest.raises(Conflict, match=f"at most {MAX_SAVED}"):
        await store.set_filter(bin.id, a_filter("more"))
    await store.set_filter(bin.id, a_filter("f0", "renamed"))
    await store.drop_filter(bin.id, "f1")
    await store.set_filter(bin.id, a_filter("more"))
    assert len(await store.list_filters(bin.id)) == MAX_SAVED


async def test_unknown_bins_and_filters_are_not_found(store: Store) -> None:
    bin = await a_bin(store)
    for call in (
        store.list_filters("nobody"), store.set_filter("nobody", a_filter("a")), store.drop_filter("nobody", "a"),
        store.drop_filter(bin.id, "a"), store.recent_values("nobody", "from", among=1),
        store.values_from("nobody", "from", [""], limit=1),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await call


async def test_a_deleted_bin_takes_its_filters_along(store: Store) -> None:
    bin = await a_bin(store)
    await store.set_filter(bin.id, a_filter("a"))
    await store.drop_bin(bin.id)
    with pytest.raises(NotFound):
        await store.list_filters(bin.id)
