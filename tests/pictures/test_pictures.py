"""The pictures of README are there and small, and what is played for them is what the captions say."""

import io

import aiohttp
import pytest
from PIL import Image

from tests.conftest import Running
from tests.process import ROOT

from .film import LARGEST, Film
from .provider import Provider

FOLDER = ROOT / "static" / "img"


def _png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


def test_the_picture_that_readme_begins_with_moves_and_is_small() -> None:
    path = FOLDER / "failover.webp"
    assert path.stat().st_size <= LARGEST
    with Image.open(path) as picture:
        assert picture.n_frames >= 6
        assert picture.info["loop"] == 0
        assert picture.size[0] >= 1000


@pytest.mark.parametrize("name", ["live", "compare", "simulate"])
def test_a_picture_that_stands_still_is_a_whole_page(name: str) -> None:
    with Image.open(FOLDER / f"{name}.png") as picture:
        assert picture.size == (1440, 900)


def test_a_film_keeps_its_frames_and_their_times(tmp_path) -> None:
    film = Film([(_png("red"), 700), (_png("green"), 900), (_png("blue"), 400)])
    film.write(tmp_path / "film.webp")
    with Image.open(tmp_path / "film.webp") as picture:
        times = []
        for frame in range(picture.n_frames):
            picture.seek(frame)
            picture.load()
            times.append(picture.info["duration"])
    assert times == [700, 900, 400]


def test_a_film_that_is_too_large_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.pictures.film.LARGEST", 10)
    with pytest.raises(ValueError, match="more than 10"):
        Film([(_png("red"), 700), (_png("green"), 900)]).write(tmp_path / "film.webp")


async def test_the_provider_that_is_played_gives_up_and_uses_the_fallback(server: Running) -> None:
    fault = {"kind": "hold", "seconds": 60, "count": 1}
    async with server.client.put(f"{server.bin_api}/faults/primary", json=fault, raise_for_status=True):
        pass
    async with aiohttp.ClientSession() as outside:
        public = f"https://sms.example.net/{server.bin.key}"
        provider = Provider(outside, server.capture_url, public, patience_s=0.3)
        await provider.deliver("+17145550109", "Can I move it to Tuesday?")
        await provider.report("+17145550109", "Queued", "Success")
    kept = await server.captures()
    assert [(each["role"], each["provider"]) for each in kept] == [
        ("primary", "ytel"), ("fallback", "ytel"), ("status", "ytel"), ("status", "ytel"),
    ]  # fmt: skip
    assert kept[0]["message_id"] == kept[1]["message_id"]
    assert kept[2]["message_id"] == kept[3]["message_id"]
