"""The input of a call, or of the form, that stores a signing secret. Its limits are checked by the service, all at
once."""

from typing import Annotated

from msgspec import Meta

from ...services.secrets import MOST_SECRET, named_schemes, scheme_names
from ..site.convert import Input


class SecretInput(Input, frozen=True, kw_only=True):
    """A secret with which signatures are checked. It is written only: no call returns it."""

    secret: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MOST_SECRET,
            description="As the portal of the provider shows it. For the scheme `aws`: a certificate (PEM), with the"
            " SigningCertURL of the requests as label.",
            extra={"reason": f"must be a string of 1 to {MOST_SECRET:,} bytes"},
        ),
    ]
    scheme: Annotated[
        str | None,
        Meta(
            description="null: any scheme that a request is signed with.",
            extra_json_schema={"enum": [*scheme_names(), None]},
            extra={
                "values": (*scheme_names(), None),
                "reason": f"must be null (any scheme) or one of {named_schemes()}",
            },
        ),
    ] = None
