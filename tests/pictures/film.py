"""An animated WebP out of screenshots."""

import io
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

LARGEST = 2_000_000
"""Bytes of a picture in README."""
_CAPTION = """
(text) => {
  let bar = document.querySelector("#caption");
  if (!bar) {
    bar = document.createElement("div");
    bar.id = "caption";
    const look = {
      position: "fixed", inset: "auto 0 0 0", padding: "14px 24px", background: "#1b2430", color: "#ffffff",
      font: "600 20px/28px system-ui, sans-serif", "z-index": 99,
    };
    for (const [name, value] of Object.entries(look)) bar.style.setProperty(name, value);
    document.body.append(bar);
  }
  bar.textContent = text;
}
"""


@dataclass(slots=True)
class Film:
    """Frames as PNG, each with the milliseconds that it is shown."""

    frames: list[tuple[bytes, int]] = field(default_factory=list)

    async def shoot(self, page: Page, caption: str, ms: int) -> None:
        """One more frame: the page as it is, with a line of text at its lower edge."""
        await page.evaluate(_CAPTION, caption)
        self.frames.append((await page.screenshot(), ms))

    def write(self, path: Path) -> None:
        """ValueError: it is too large for a README."""
        first, *others = [Image.open(io.BytesIO(png)).convert("RGB") for png, _ in self.frames]
        durations = [ms for _, ms in self.frames]
        first.save(path, save_all=True, append_images=others, duration=durations, loop=0, quality=80, method=6)
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.name} has {path.stat().st_size} bytes, more than {LARGEST}")
