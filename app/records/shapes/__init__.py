"""The forms of all providers. A file has the first one whose columns it has."""

from . import gateways, plivo, telnyx, twilio

SHAPES = (*twilio.SHAPES, *plivo.SHAPES, *telnyx.SHAPES, *gateways.SHAPES)
