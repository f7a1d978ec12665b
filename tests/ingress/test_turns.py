"""Long work in parts: one part in each turn of the event loop."""

import asyncio
import logging

from app.ingress.turns import Turns


async def test_the_parts_of_all_take_turns_with_everything_else() -> None:
    turns, done = Turns(), []

    def begin(name: str, parts: int) -> None:
        def part() -> None:
            nonlocal parts
            done.append(name)
            parts -= 1
            if parts:
                turns.add(part)

        turns.add(part)

    begin("a", 3)
    begin("b", 2)
    assert done == []
    for _ in range(6):
        await asyncio.sleep(0)
        done.append("-")
    assert [name for name in done if name != "-"] == ["a", "b", "a", "b", "a"]
    assert "".join(done).strip("-").count("-") == 4, "one part in each turn"


async def test_a_part_that_raises_stops_no_other(caplog) -> None:
    turns, done = Turns(), []
    turns.add(lambda: 1 // 0)
    turns.add(lambda: done.append("b"))
    with caplog.at_level(logging.ERROR, "asyncio"):
        for _ in range(4):
            await asyncio.sleep(0)
    assert done == ["b"]
    assert "ZeroDivisionError" in caplog.text
