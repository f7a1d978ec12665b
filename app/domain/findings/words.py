"""Every finding in words: a short title for rows, the cause and the cure for people. The order is the weight."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something odd about a capture or a message. The code is stable: programs filter by it."""

    code: str
    title: str
    cause: str
    cure: str


_ALL = (
    Finding(
        code="contradictory_final",
        title="success and failure",
        cause="The provider reported a failure and a success of this message, and called both of them final.",
        cure="Look at the order in the timeline and ask the provider which of them is true.",
    ),
    Finding(
        code="callback_on_sms_url",
        title="callback on an SMS URL",
        cause="This is a status callback of an outbound message, but it came to the URL of inbound messages.",
        cure="Give sends the status URL of this bin as their callback address.",
    ),
    Finding(
        code="no_fallback",
        title="no fallback came",
        cause="The primary failed, and no request came to the fallback URL within 30 seconds: the message is lost, or "
        "the provider tries the primary again later.",
        cure="Check that the fallback URL of this bin is set in the portal, and which failures it is for.",
    ),
    Finding(
        code="fallback_only",
        title="fallback only",
        cause="The fallback URL was requested, but the primary URL was not: it is not reached, or not set.",
        cure="Check the primary address in the portal: the scheme, the host and the path.",
    ),
    Finding(
        code="fallback_method",
        title="other fallback method",
        cause="The fallback request uses another HTTP method than the primary one.",
        cure="Set the same method for both URLs in the portal, or let your handler read query and body alike.",
    ),
    Finding(
        code="unknown_role",
        title="path without a role",
        cause="The path behind the capture key names no role, so the request counts as one to the primary URL. A role "
        "is the whole first segment, in lower case: fallback, status, voice, voice-fallback or primary.",
        cure="Compare the address in the portal with the URLs of this bin: a doubled slash, a capital or a typing "
        "error turns a status URL into the primary one.",
    ),
    Finding(
        code="plus_lost",
        title="unencoded plus",
        cause="The number begins with a blank: the sender did not write its + as %2B, and a bare + in a form or a "
        "query is a blank.",
        cure="Encode + as %2B in the sender (curl: --data-urlencode). It is shown here with its +; the raw is as sent.",
    ),
    Finding(
        code="truncated_json",
        title="JSON ends early",
        cause="The JSON body stops before its end, so the sender hung up or something on the way has a size limit.",
        cure="Compare the Content-Length header with the size of the body, and look for limits in proxies.",
    ),
    Finding(
        code="charset_mismatch",
        title="wrong charset",
        cause="The bytes of the body are not in the charset that it declares; without a declaration, forms, JSON and "
        "XML are UTF-8.",
        cure="Let the sender encode in UTF-8, or declare the charset that it uses.",
    ),
    Finding(
        code="mojibake",
        title="garbled text",
        cause="The text looks as if its UTF-8 bytes had been read in a Western charset somewhere, so that é became Ã©.",
        cure="Find the step that reads or declares the wrong charset before the request is sent; from there on it "
        "must be UTF-8.",
    ),
    Finding(
        code="content_type_lies",
        title="wrong content type",
        cause="The Content-Type header promises something other than what the body is, so a strict handler would not "
        "read it.",
        cure="Correct the header in the sender, or let your handler judge by the content.",
    ),
    Finding(
        code="action_differs",
        title="other Action",
        cause="The Action field names another URL than the one that was requested: something on the way rewrites "
        "the path, or the request was forwarded. A fallback request may name the primary URL.",
        cure="Compare the URL in the portal with the capture URL of this role.",
    ),
    Finding(
        code="method_differs",
        title="other method",
        cause="The Method field names another HTTP method than the one that was used; a redirect on the way turns "
        "POST into GET.",
        cure="Paste the https address itself, so that nothing redirects, and check the method in the portal.",
    ),
    Finding(
        code="empty_get",
        title="empty GET",
        cause="A GET without query and body says nothing. A redirect on the way (http to https, a slash) turns POST "
        "into GET and drops the body; a browser or a monitor that opens the address looks the same.",
        cure="If a message was expected, paste the final https address, so that nothing redirects.",
    ),
    Finding(
        code="stuck",
        title="stuck",
        cause="No final status came within this bin's limit: a callback was lost, was never asked for, or the carrier "
        "sends none.",
        cure="Check that the send named the status URL as its callback, and look the message up at the provider.",
    ),
    Finding(
        code="unknown_status",
        title="unknown status",
        cause="The status word is none that the provider is known to send, so the message does not move on the ladder.",
        cure="Look the word up in the provider's documentation; it is kept as sent.",
    ),
    Finding(
        code="clock_offset",
        title="clock off by hours",
        cause="The provider's own time differs from the arrival by whole hours, which is a time zone, not a delay.",
        cure="Read that field in the provider's or the account's time zone; captures are sorted by their arrival.",
    ),
    Finding(
        code="late_status",
        title="late status",
        cause="The callback has a lower rank than one that came before it: callbacks may overtake each other.",
        cure="Let your handler keep the highest status, as smsbin does, instead of the last one.",
    ),
    Finding(
        code="duplicate",
        title="duplicate",
        cause="The same message came to the same URL with the same body before: providers repeat what was answered "
        "late, with an error or not at all.",
        cure="Answer quickly with 2xx, and let your handler ignore an id that it has seen.",
    ),
    Finding(
        code="soft_duplicate",
        title="likely duplicate",
        cause="The same parties and text came within 60 seconds under another id: a repeat that got a new id, or a "
        "person who sent it twice.",
        cure="Where it matters, let your handler compare parties, text and time as well as the id.",
    ),
    Finding(
        code="repeated_field",
        title="repeated field",
        cause="One field was sent more than once, with different values; many frameworks keep only the first or the "
        "last.",
        cure="Check which value your handler sees. All are kept here, in their order.",
    ),
    Finding(
        code="empty_probe",
        title="empty probe",
        cause="A request without content and fields: a portal or a monitor that only checks whether the address "
        "answers, or a browser's preflight.",
        cure="Nothing to do. If a message was expected, check that the sender sends its body.",
    ),
)

FINDINGS = {finding.code: finding for finding in _ALL}
