"""Every finding in words: a short title for rows, the cause and the cure for people. The order is the weight."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something odd about a capture or a message. The code is stable: programs filter by it."""

    code: str
    title: str
    cause: str
    cure: str


SIGNATURE_INVALID = "signature_invalid"
SIGNATURE_AS = "signature_as"

_ALL = (
    Finding(
        code="contradictory_final",
        title="success and failure",
        cause="The provider reported both a failure and a success of this message as final.",
        cure="Check the order in the timeline and ask the provider which one is true.",
    ),
    Finding(
        code=SIGNATURE_INVALID,
        title="invalid signature",
        cause="The request is signed, but the signature fits none of the secrets of this bin, or is too old.",
        cure="Open the tab Signature of the request: it shows what was tried, and names the cause if there is one.",
    ),
    Finding(
        code=SIGNATURE_AS,
        title="signed for another URL",
        cause="The signature is right after a change, for example of the scheme or the host of the URL: the request "
        "passed a proxy that hides what the provider signed. Your handler may reject it.",
        cure="Open the tab Signature of the request: it names the change and how to avoid it.",
    ),
    Finding(
        code="callback_on_sms_url",
        title="callback on an SMS URL",
        cause="This is a status callback of an outbound message, but it was sent to a URL for inbound messages.",
        cure="Use the status URL of this bin as the callback URL when you send.",
    ),
    Finding(
        code="no_fallback",
        title="no fallback request",
        cause="The primary failed, and no request came to the fallback URL within 30 seconds: the message is "
        "lost, or the provider retries the primary later.",
        cure="Check in the portal that the fallback URL of this bin is set, and for which failures it is used.",
    ),
    Finding(
        code="fallback_only",
        title="fallback only",
        cause="The fallback URL got a request, but the primary URL got none: it cannot be reached, or is not set.",
        cure="Check the primary URL in the portal: scheme, host and path.",
    ),
    Finding(
        code="fallback_method",
        title="other fallback method",
        cause="The fallback request uses a different HTTP method than the primary request.",
        cure="Set the same method for both URLs in the portal, or let your handler read both the query and the body.",
    ),
    Finding(
        code="unknown_role",
        title="path without a role",
        cause="The path after the capture key is not a role, so the request counts as one to the primary URL. "
        "A role is the whole first segment, in lower case: fallback, status, voice, voice-fallback or "
        "primary.",
        cure="Compare the URL in the portal with the URLs of this bin: a double slash, a capital letter or a "
        "typo turns a status URL into the primary URL.",
    ),
    Finding(
        code="plus_lost",
        title="unencoded plus",
        cause="The number begins with a space: the sender did not encode its + as %2B, and an unencoded + in a"
        " form or query means a space.",
        cure="Encode + as %2B in the sender (curl: --data-urlencode). It is shown here with its +; the raw "
        "request is as sent.",
    ),
    Finding(
        code="truncated_json",
        title="JSON ends early",
        cause="The JSON body stops before its end: the sender disconnected, or a proxy limits the size.",
        cure="Compare the Content-Length header with the size of the body, and check the limits of proxies.",
    ),
    Finding(
        code="charset_mismatch",
        title="wrong charset",
        cause="The bytes of the body are not in the declared charset. Without a declaration, forms, JSON and "
        "XML are UTF-8.",
        cure="Encode in UTF-8 in the sender, or declare the charset that it uses.",
    ),
    Finding(
        code="mojibake",
        title="garbled text",
        cause="The text looks as if its UTF-8 bytes were decoded with a Western charset, so that é became Ã©.",
        cure="Find the step that decodes with or declares the wrong charset before the request is sent, and "
        "use UTF-8 from there on.",
    ),
    Finding(
        code="content_type_lies",
        title="wrong content type",
        cause="The Content-Type header does not match the body, so a strict handler would not parse it.",
        cure="Correct the header in the sender, or let your handler detect the type from the content.",
    ),
    Finding(
        code="action_differs",
        title="other Action",
        cause="The Action field names a different URL than the one that was called: a proxy rewrites the path,"
        " or the request was forwarded. A fallback request may name the primary URL.",
        cure="Compare the URL in the portal with the capture URL of this role.",
    ),
    Finding(
        code="method_differs",
        title="other method",
        cause="The Method field names a different HTTP method than the one that was used. A redirect can turn "
        "POST into GET.",
        cure="Use the final https URL in the portal, so that nothing redirects, and check the method there.",
    ),
    Finding(
        code="empty_get",
        title="empty GET",
        cause="A GET without a query or body contains no data. A redirect (http to https, a slash) turns POST "
        "into GET and drops the body; a browser or monitor that opens the URL looks the same.",
        cure="If you expected a message, use the final https URL in the portal, so that nothing redirects.",
    ),
    Finding(
        code="stuck",
        title="stuck",
        cause="No final status arrived within the limit of this bin: a callback was lost, was not requested, "
        "or the carrier sends none.",
        cure="Check that the send used the status URL as its callback, and look up the message at the provider.",
    ),
    Finding(
        code="unknown_status",
        title="unknown status",
        cause="The provider is not known to send this status, so the state of the message does not change.",
        cure="Look up the status in the provider's documentation; it is kept as sent.",
    ),
    Finding(
        code="clock_offset",
        title="clock off by hours",
        cause="The provider's timestamp differs from the arrival by whole hours, which is a time zone, not a delay.",
        cure="Read that field in the time zone of the provider or the account. Requests are sorted by arrival.",
    ),
    Finding(
        code="late_status",
        title="late status",
        cause="The callback has a lower rank than an earlier one: callbacks may arrive out of order.",
        cure="Let your handler keep the highest status, as smsbin does, instead of the last one.",
    ),
    Finding(
        code="duplicate",
        title="duplicate",
        cause="The same message was sent to the same URL with the same body before. Providers repeat a request"
        " when the response was late, an error or missing.",
        cure="Respond quickly with 2xx, and let your handler ignore ids that it has already seen.",
    ),
    Finding(
        code="soft_duplicate",
        title="likely duplicate",
        cause="The same sender, recipient and text came within 60 seconds with a different id: a repeat with a"
        " new id, or a person who sent it twice.",
        cure="If this matters, let your handler compare the numbers, text and time as well as the id.",
    ),
    Finding(
        code="repeated_field",
        title="repeated field",
        cause="A field was sent more than once, with different values. Many frameworks keep only the first or "
        "the last.",
        cure="Check which value your handler gets. All are kept here, in order.",
    ),
    Finding(
        code="empty_probe",
        title="empty probe",
        cause="A request without content and fields: a portal or monitor that checks whether the URL responds,"
        " or a preflight of a browser.",
        cure="Nothing to do. If you expected a message, check that the sender sends its body.",
    ),
)

FINDINGS = {finding.code: finding for finding in _ALL}
