"""What to do about a cause: one sentence each."""

_URL = "Set the public URL (--public-url) to the one that is configured at the provider, in your code, too."
_CURES = {
    "scheme": (
        "Your proxy hides TLS: let it set X-Forwarded-Proto, or set --public-url, and let your code use that scheme."
    ),
    "port": "Your proxy changes the port: let it pass the header Host on as it is, or use the configured URL in code.",
    "host": f"Your proxy changes the host: let it pass the header Host on as it is. {_URL}",
    "path_prefix": f"Your proxy removes a part of the path. {_URL}",
    "trailing_slash": "Configure the URL exactly as it is served: a slash at its end counts.",
    "path_slashes": "Your proxy joins slashes: configure the URL without double ones.",
    "path_escaping": "Check the path with the escapes as they were sent, before any decoding.",
    "query_order": "Twilio sends the parameters sorted and signs them as configured: configure them in sorted order.",
    "query_escaping": "Use the query as it was sent: do not decode and encode it again.",
    "query_dropped": "Compare the query of the configured URL with the one that is checked.",
    "extra_params": "Leave the parameters of your own URL out before you check, or put them into the path.",
    "userinfo": "The configured URL has credentials, which are signed: put them into the URL that your code checks.",
    "fragment": "The configured URL has a fragment (#…), which is signed: put it into the URL that your code checks.",
    "secret_whitespace": "Store the secret without the blanks.",
    "secret_quotes": "Store the secret without the quotes.",
    "secret_prefix": "Store the secret exactly as the portal displays it.",
    "secret_case": "Store the secret exactly as the portal displays it.",
    "secret_not_decoded": "Decode the secret as the documentation requires, and nothing else.",
    "secret_shape": "Copy the secret itself.",
    "body_changed": "Check the raw bytes of the body, before anything parses it and writes it again.",
    "trailing_newline": "A newline at the end was added or lost: check the raw bytes of the body.",
    "trimmed": "A framework trims the values: check them before it does.",
    "blank_params_dropped": "Keep blank parameters: they are signed, too.",
    "plus_as_blank": "Write a plus as %2B: an unescaped one is read as a blank.",
    "line_ends": "Keep the line ends as they were sent.",
    "charset": "Read the form as UTF-8.",
    "byte_order_mark": "Check the raw bytes of the body.",
    "html_entity": "Something reads the parameters as HTML: pass them on without decoding entities.",
    "repeated_values_sorted": "Keep the values of a repeated field in their order.",
    "raw_body": "Sign the sorted fields, not the raw body.",
    "no_replacement": "Replace & and = in values by _ before you sign.",
    "algorithm": "Use the algorithm of the account's settings.",
    "duplicate_header": "Look for what adds the header a second time.",
    "stale": "A repeated or forwarded request is too old for code that checks the time.",
    "clock_behind": "Check the clock of this machine.",
    "missing_header": "Look for a proxy that removes or renames headers, and for the setting that switches signing on.",
    "authorization_replaced": "Your proxy replaces the header: let it pass Authorization on.",
    "shared_key": "Use the secret of the shared key.",
    "secret": "Compare the secret with that of the provider's portal.",
    "expired": "A repeated or forwarded request has expired for code that checks the time.",
    "encoding": "Write the signature as the provider does, or compare the decoded bytes.",
    "id_changed": "Pass the id of the first delivery on as it is.",
    "raw_delivery": "Switch raw message delivery off in the subscription, or protect the URL in another way.",
    "cert_host": "Do not fetch this certificate: anyone can make one that fits.",
    "cert_scheme": "Do not fetch this certificate: without https, anyone between can replace it.",
}


def cure_of(cause: str) -> str:
    """What to do about it; "" where nothing is known."""
    return _CURES.get(cause, "")


def known_causes() -> tuple[str, ...]:
    """The codes of all causes with a cure."""
    return tuple(_CURES)
