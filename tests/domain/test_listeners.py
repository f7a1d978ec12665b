"""How far a listener is."""

import pytest

from app import clock
from app.domain.listeners import NAME, ListenerProgress, SentCapture, StoredListener


@pytest.mark.parametrize(
    ("cursor", "sent", "last_n", "floor_n", "lag"),
    [
        (0, (), 0, 0, 0), (41, (), 78, 0, 37), (41, (SentCapture(42, 1), SentCapture(43, 1, True)), 43, 0, 1),
        (5, (), 20, 20, 0), (5, (), 20, 18, 2), (20, (SentCapture(19, 1, True),), 20, 0, 0),
    ],
)  # fmt: skip
def test_the_lag_is_what_is_there_and_not_acknowledged(
    cursor: int, sent: tuple[SentCapture, ...], last_n: int, floor_n: int, lag: int
) -> None:
    stored = StoredListener(
        bin_id="b", name="laptop", made_at=clock.now(), seen_at=clock.now(), last_n=last_n, floor_n=floor_n,
        progress=ListenerProgress(cursor=cursor, sent=sent),
    )  # fmt: skip
    assert stored.lag == lag


@pytest.mark.parametrize("name", ["", "a b", "a/b", "é", "a\n", "٣"])
def test_names_that_are_not_allowed(name: str) -> None:
    assert not NAME.fullmatch(name)
    assert NAME.fullmatch("Laptop.of_Anna-2")
