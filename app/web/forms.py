"""The forms of our own pages: small, urlencoded, UTF-8. Anything else is told apart before it is parsed."""

from urllib.parse import parse_qsl

from aiohttp import web

from ..errors import Invalid, UnsupportedType
from .api.inputs import read_bytes

MAX_FIELDS = 100


async def read_form(request: web.Request, *, most: int = MAX_FIELDS) -> dict[str, str]:
    """The fields that were posted, at most so many; of a repeated one the last. UnsupportedType, TooLarge, Invalid.

    Not `request.post()`: the sign-in form is open to everybody, and that function raises a dozen things at odd input.
    """
    body = await read_bytes(request)
    if body and request.content_type != "application/x-www-form-urlencoded":
        raise UnsupportedType("Send the form as application/x-www-form-urlencoded.")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most))
    except ValueError:
        raise Invalid(("form", f"has more than {most:,} fields")) from None
