"""Telnyx's delivery error codes in our words (developers.telnyx.com/docs/messaging/messages/error-codes)."""

from collections.abc import Mapping

ERRORS: Mapping[str, str] = {
    "40001": "The recipient is a landline or cannot be routed to.",
    "40002": "Blocked as spam, for the moment.",
    "40003": "Blocked as spam, for good: the sender's number is blocked.",
    "40004": "The recipient's carrier rejects it, without a reason.",
    "40005": "The message expired on its way.",
    "40006": "The recipient's carrier cannot be reached.",
    "40007": "The message was sent in a loop.",
    "40008": "The recipient's carrier did not take the message.",
    "40009": "The text is not valid.",
    "40010": "The sender's number is not registered (10DLC).",
    "40011": "Too many messages at the same time for the carrier.",
    "40012": "The carrier rejected the recipient's number.",
    "40013": "The carrier rejected the sender's number.",
    "40014": "The message expired in the queue.",
    "40015": "Telnyx's own spam filter blocked it.",
    "40016": "The limit of the campaign at T-Mobile is reached (10DLC).",
    "40017": "AT&T treated it as spam (10DLC).",
    "40018": "The limit of the campaign at AT&T is reached (10DLC).",
    "40300": "The recipient has replied STOP.",
    "40301": "The recipient does not take this type of message.",
    "40302": "The message is too large.",
    "40305": "The sender's number is not valid.",
    "40310": "The recipient's number is not valid.",
    "40317": "The content of the MMS is not valid.",
    "40318": "The queue is full.",
}
