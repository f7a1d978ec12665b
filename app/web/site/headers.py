"""The security headers of all responses except those to captures.

Scripts and styles are allowed by nonce, never by `'self'`: a capture URL has the same origin and may answer JavaScript.
"""

from aiohttp import web

from ... import keys

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
TRUSTED_TYPES = "; require-trusted-types-for 'script'; trusted-types smsbin"
NOTHING_AT_ALL = "sandbox; default-src 'none'"


def page_policy(nonce: str, *, trusted_types: bool = True) -> str:
    """The Content-Security-Policy of a page."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' blob: data:;"
        " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'" + (TRUSTED_TYPES if trusted_types else "")
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Runs for every response, errors and upgrades too; a header that the handler has set is kept."""
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", page_policy(request.get(keys.NONCE, "")))
    public_url = request.app[keys.SETTINGS].public_url
    if public_url and public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.pop("Server", None)


FILE_HEADERS = {"Content-Security-Policy": NOTHING_AT_ALL}
