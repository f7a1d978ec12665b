"""The JSON of privacy settings has every setting."""

import msgspec

from app.domain.privacy import Privacy
from app.web.privacy.shapes import show_privacy


def test_every_setting_is_shown() -> None:
    privacy = Privacy(
        mask=True, masked_headers=("a",), masked_fields=("b",), withheld_headers=("c",), withheld_fields=("d",)
    )
    shown = msgspec.to_builtins(show_privacy(privacy))
    assert shown == {name: getattr(privacy, name) if name == "mask" else list(getattr(privacy, name)) for name in shown}
    assert set(shown) == set(Privacy.__struct_fields__)
