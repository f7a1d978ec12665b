"""What is masked in the response to a request. Everything that shows captures takes it from here.

A page is rendered masked, whatever the bin's settings are, by `request[keys.MASKED] = True` before its handler is
called; then `?mask=false` has no effect.
"""

from collections.abc import Mapping

from aiohttp import web

from ... import keys
from ...domain.masking.policy import NO_MASK, MaskingPolicy
from ...errors import Invalid


def masking_of(request: web.Request, bin_id: str) -> MaskingPolicy:
    """What is masked in lists and live frames."""
    privacy = request.app[keys.PRIVACY]
    return privacy.full_policy_of(bin_id) if request.get(keys.MASKED, False) else privacy.policy_of(bin_id)


def open_masking_of(request: web.Request, bin_id: str) -> MaskingPolicy:
    """What is masked of the one thing that is open: nothing if a person has requested it with `?mask=false`."""
    return NO_MASK if is_unmasked(request) else masking_of(request, bin_id)


def export_masking_of(request: web.Request, query: Mapping[str, str]) -> MaskingPolicy:
    """What is masked in a file or in the JSON of an export: the parameter `mask` decides, without it the bin does.
    Invalid."""
    bin_id = request.match_info["bin"]
    privacy = request.app[keys.PRIVACY]
    chosen = query.get("mask")
    if chosen not in (None, "true", "false"):
        raise Invalid(("mask", "must be true or false"))
    if request.get(keys.MASKED, False) or chosen == "true":
        return privacy.full_policy_of(bin_id)
    return NO_MASK if chosen == "false" else privacy.policy_of(bin_id)


def json_masking_of(request: web.Request, query: Mapping[str, str]) -> MaskingPolicy:
    """What is masked in the JSON of captures and messages, and in their raw files: nothing, because programs need the
    values; with `mask=true` everything. Invalid."""
    if "mask" not in query and not request.get(keys.MASKED, False):
        return NO_MASK
    return export_masking_of(request, query)


def is_unmasked(request: web.Request) -> bool:
    """Whether a person has requested the values of what is open."""
    return request.query.get("mask") == "false" and not request.get(keys.MASKED, False)
