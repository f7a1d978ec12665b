"""Python, with Flask's request: package and code by scheme; `{url}` becomes a quoted string.

Calls are those of these releases, read 2026-11-29: twilio 9.13, signalwire (`core.security` at 49933450), plivo 4.63,
vonage-http-client 1.5.2, vonage-jwt 1.1.5, messagebird 2 (`request_validator`), sinch 2 (`sinch_events`), telnyx
(developers.telnyx.com/docs/development/sdk/python/webhooks), standardwebhooks 1.1, stripe 16.1.
"""

PYTHON: dict[str, tuple[str, str]] = {}

PYTHON["twilio"] = (
    "twilio",
    """\
import os
from twilio.request_validator import RequestValidator

validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
# For JSON pass the raw body as text, request.get_data(as_text=True), instead of the form.
valid = validator.validate({url}, request.form, request.headers["X-Twilio-Signature"])
""",
)
PYTHON["twilio-shared-key"] = (
    "twilio",
    """\
import os
from twilio.request_validator import RequestValidator, get_signature_algorithm

validator = RequestValidator(os.environ["TWILIO_SHARED_KEY_SECRET"])
algorithm = get_signature_algorithm(request.headers["X-Twilio-Webhooks-Signature-Settings"])
valid = validator.validate({url}, request.form, request.headers["X-Twilio-Signature"], algorithm)
""",
)
PYTHON["signalwire"] = (
    "signalwire",
    """\
import os
from signalwire.core.security import validate_webhook_signature

valid = validate_webhook_signature(
    signing_key=os.environ["SIGNALWIRE_SIGNING_KEY"],
    signature=request.headers["X-SignalWire-Signature"],
    url={url},
    raw_body=request.get_data(as_text=True),
)
""",
)
PYTHON["plivo"] = (
    "plivo",
    """\
import os
from plivo.utils import validate_signature, validate_v3_signature

token = os.environ["PLIVO_AUTH_TOKEN"]
header = request.headers.get
if header("X-Plivo-Signature-V3"):  # calls
    valid = validate_v3_signature(
        request.method, {url}, header("X-Plivo-Signature-V3-Nonce"), token,
        header("X-Plivo-Signature-V3"), request.form.to_dict(flat=False),
    )
else:  # messages
    valid = validate_signature({url}, header("X-Plivo-Signature-V2-Nonce"), header("X-Plivo-Signature-V2"), token)
""",
)
PYTHON["vonage"] = (
    "vonage-http-client",
    """\
import os
from vonage_http_client import Auth

# The method of the account's settings: md5, sha1, sha256 or sha512, all with HMAC. The library cannot do
# "MD5 hash", which is the default of accounts: change the settings.
auth = Auth(signature_secret=os.environ["VONAGE_SIGNATURE_SECRET"], signature_method="sha256")
valid = auth.check_signature(request.form.to_dict())
""",
)
PYTHON["vonage-jwt"] = (
    "vonage-jwt",
    """\
import hashlib, hmac, os
import jwt
from vonage_jwt import verify_signature

token = request.headers["Authorization"].removeprefix("Bearer ")
genuine = verify_signature(token, os.environ["VONAGE_SIGNATURE_SECRET"])
# The library does not compare the body:
claims = jwt.decode(token, options={"verify_signature": False})
right = hashlib.sha256(request.get_data()).hexdigest()
valid = genuine and hmac.compare_digest(claims["payload_hash"], right)
""",
)
PYTHON["messagebird"] = (
    "messagebird",
    """\
import os
from messagebird.request_validator import RequestValidator

validator = RequestValidator(os.environ["MESSAGEBIRD_SIGNING_KEY"])
# Raises an error for a signature that is wrong, or older than a minute.
validator.validate_signature(request.headers["MessageBird-Signature-JWT"], {url}, request.get_data())
""",
)
PYTHON["sinch"] = (
    "sinch",
    """\
import os
from sinch import SinchClient

events = SinchClient().conversation.sinch_events(os.environ["SINCH_WEBHOOK_SECRET"])
valid = events.validate_authentication_header(headers=dict(request.headers), json_payload=request.get_data())
""",
)
PYTHON["telnyx"] = (
    "telnyx[webhooks]",
    """\
from telnyx import Telnyx

client = Telnyx()  # reads TELNYX_API_KEY and TELNYX_PUBLIC_KEY
# Raises an error for a signature that is wrong, or older than five minutes.
event = client.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers))
""",
)
PYTHON["aws"] = (
    "cryptography",
    """\
import base64, json
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

# `pem` is the certificate at SigningCertURL; only from https://sns.<region>.amazonaws.com/
m = json.loads(request.get_data())
names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
if m["Type"] != "Notification":
    names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
text = "".join(f"{name}\\n{m[name]}\\n" for name in names if name in m)
algorithm = SHA1() if m["SignatureVersion"] == "1" else SHA256()
key = x509.load_pem_x509_certificate(pem).public_key()
key.verify(base64.b64decode(m["Signature"]), text.encode(), PKCS1v15(), algorithm)  # raises if it is wrong
""",
)
PYTHON["basic"] = (
    "",
    """\
import hmac, os

given = request.authorization
right = os.environ["WEBHOOK_USER"] + ":" + os.environ["WEBHOOK_PASSWORD"]
sent = f"{given.username}:{given.password}" if given else ""
valid = hmac.compare_digest(sent.encode(), right.encode())
""",
)
PYTHON["standardwebhooks"] = (
    "standardwebhooks",
    """\
import os
from standardwebhooks import Webhook

# Raises an error for a signature that is wrong, or older than five minutes.
Webhook(os.environ["WEBHOOK_SECRET"]).verify(request.get_data(), dict(request.headers))
""",
)
PYTHON["stripe"] = (
    "stripe",
    """\
import os
import stripe

event = stripe.Webhook.construct_event(  # raises if it is wrong
    request.get_data(), request.headers["Stripe-Signature"], os.environ["WEBHOOK_SECRET"]
)
""",
)
PYTHON["github"] = (
    "",
    """\
import hashlib, hmac, os

digest = hmac.new(os.environ["WEBHOOK_SECRET"].encode(), request.get_data(), hashlib.sha256).hexdigest()
valid = hmac.compare_digest(request.headers["X-Hub-Signature-256"], "sha256=" + digest)
""",
)
