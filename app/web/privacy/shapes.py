"""The JSON of privacy settings; the OpenAPI document's components are generated from these types."""

import msgspec

from ...domain.privacy import Privacy


class PrivacyShape(msgspec.Struct):
    """What a bin masks where it is shown or exported, and what it never stores. Names are in lower case. The values of
    Authorization, Cookie and other headers with credentials are masked in every bin."""

    mask: bool
    masked_headers: list[str]
    masked_fields: list[str]
    withheld_headers: list[str]
    withheld_fields: list[str]


def show_privacy(privacy: Privacy) -> PrivacyShape:
    """The settings of a bin."""
    return PrivacyShape(
        mask=privacy.mask,
        masked_headers=list(privacy.masked_headers),
        masked_fields=list(privacy.masked_fields),
        withheld_headers=list(privacy.withheld_headers),
        withheld_fields=list(privacy.withheld_fields),
    )
