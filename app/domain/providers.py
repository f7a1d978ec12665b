"""The registry of providers that smsbin has a data sheet for: the modules in `providers/` are found by it."""

PROVIDER_TITLES = {
    "ytel": "Ytel",
    "twilio": "Twilio",
    "signalwire": "SignalWire",
    "plivo": "Plivo",
    "telnyx": "Telnyx",
    "vonage": "Vonage",
    "bandwidth": "Bandwidth",
    "sinch": "Sinch",
    "messagebird": "MessageBird",
    "infobip": "Infobip",
    "clicksend": "ClickSend",
    "aws": "AWS",
}
"""Titles by name, in the order in which people choose from them. A name is that of the module in `providers/`."""

GENERIC = "generic"
"""The provider of a request whose fields were only guessed from common names."""

CUSTOM = "custom"
"""The provider of a request that was parsed with the field mapping of its bin."""
