"""Node, with Express's request: package and code by scheme; `{url}` becomes a quoted string.

Calls are those of these packages of npm, read 2026-11-29: twilio (`examples/WebhookSignatureValidation.md`),
@signalwire/compatibility-api 3.1, plivo 4.75, @vonage/jwt, messagebird (`lib/webhook-signature-jwt`), @sinch/sdk-core
1.5, telnyx (developers.telnyx.com/docs/development/sdk/node/webhooks), sns-validator 0.3.5, standardwebhooks, stripe,
@octokit/webhooks-methods. `rawBody` is the body as it was sent: `express.raw({ type: () => true })`.
"""

NODE: dict[str, tuple[str, str]] = {}

NODE["twilio"] = (
    "twilio",
    """\
const twilio = require("twilio");

// For JSON: twilio.validateRequestWithBody(token, signature, url, rawBody)
const valid = twilio.validateRequest(
  process.env.TWILIO_AUTH_TOKEN, req.header("X-Twilio-Signature"), {url}, req.body);
""",
)
NODE["twilio-shared-key"] = (
    "twilio",
    """\
const twilio = require("twilio");

const settings = req.header(twilio.SIGNATURE_SETTINGS_HEADER);
const valid = twilio.validateRequest(
  process.env.TWILIO_SHARED_KEY_SECRET, req.header(twilio.SIGNATURE_HEADER), {url}, req.body,
  twilio.getSignatureAlgorithm(settings));
""",
)
NODE["signalwire"] = (
    "@signalwire/compatibility-api",
    """\
const { RestClient } = require("@signalwire/compatibility-api");

const valid = RestClient.validateRequest(
  process.env.SIGNALWIRE_SIGNING_KEY, req.header("X-SignalWire-Signature"), {url}, req.body);
""",
)
NODE["plivo"] = (
    "plivo",
    """\
const plivo = require("plivo");

const token = process.env.PLIVO_AUTH_TOKEN;
const v3 = req.header("X-Plivo-Signature-V3"); // calls; messages have V2
const nonce = req.header(v3 ? "X-Plivo-Signature-V3-Nonce" : "X-Plivo-Signature-V2-Nonce");
const valid = v3
  ? plivo.validateV3Signature(req.method, {url}, nonce, token, v3, req.body)
  : plivo.validateSignature({url}, nonce, req.header("X-Plivo-Signature-V2"), token);
""",
)
NODE["vonage"] = (
    "",
    """\
const { createHmac, timingSafeEqual } = require("node:crypto");

const { sig, ...params } = req.body; // or req.query
const pairs = Object.keys(params).sort().map((key) => `&${key}=${String(params[key]).replace(/[&=]/g, "_")}`);
// The method of the account's settings. "MD5 hash" is createHash("md5").update(text + secret).
const right = createHmac("sha256", process.env.VONAGE_SIGNATURE_SECRET).update(pairs.join("")).digest();
const sent = Buffer.from(sig, "hex");
const valid = sent.length === right.length && timingSafeEqual(sent, right);
""",
)
NODE["vonage-jwt"] = (
    "@vonage/jwt",
    """\
const { createHash } = require("node:crypto");
const { verifySignature } = require("@vonage/jwt");

const token = req.header("Authorization").replace("Bearer ", "");
const genuine = verifySignature(token, process.env.VONAGE_SIGNATURE_SECRET);
// The library does not compare the body:
const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const valid = genuine && claims.payload_hash === createHash("sha256").update(rawBody).digest("hex");
""",
)
NODE["messagebird"] = (
    "messagebird",
    """\
const { ExpressMiddlewareVerify } = require("messagebird/lib/webhook-signature-jwt");

app.set("trust proxy", () => true); // so that the URL is the one that was called
const verify = new ExpressMiddlewareVerify(process.env.MESSAGEBIRD_SIGNING_KEY);
app.post("/sms", express.raw({ type: "*/*" }), verify, handler);
""",
)
NODE["sinch"] = (
    "@sinch/sdk-core",
    """\
const { validateWebhookSignature } = require("@sinch/sdk-core");

const valid = validateWebhookSignature(process.env.SINCH_WEBHOOK_SECRET, req.headers, rawBody);
""",
)
NODE["telnyx"] = (
    "telnyx",
    """\
const Telnyx = require("telnyx");

const client = new Telnyx(); // reads TELNYX_API_KEY and TELNYX_PUBLIC_KEY
// req.body is text: express.text({ type: "application/json" })
const event = client.webhooks.unwrap(req.body, { headers: req.headers });
""",
)
NODE["aws"] = (
    "sns-validator",
    """\
const MessageValidator = require("sns-validator");

// It calls a genuine UnsubscribeConfirmation invalid, because it leaves Token out.
new MessageValidator().validate(JSON.parse(rawBody), (error, message) => {
  const valid = error === null;
});
""",
)
NODE["basic"] = (
    "",
    """\
const { timingSafeEqual } = require("node:crypto");

const { WEBHOOK_USER, WEBHOOK_PASSWORD } = process.env;
const right = Buffer.from("Basic " + Buffer.from(`${WEBHOOK_USER}:${WEBHOOK_PASSWORD}`).toString("base64"));
const sent = Buffer.from(req.header("Authorization") ?? "");
const valid = sent.length === right.length && timingSafeEqual(sent, right);
""",
)
NODE["standardwebhooks"] = (
    "standardwebhooks",
    """\
const { Webhook } = require("standardwebhooks");

new Webhook(process.env.WEBHOOK_SECRET).verify(rawBody, req.headers); // throws if it is wrong
""",
)
NODE["stripe"] = (
    "stripe",
    """\
const stripe = require("stripe")(process.env.STRIPE_API_KEY);

const event = stripe.webhooks.constructEvent( // throws if it is wrong
  rawBody, req.header("Stripe-Signature"), process.env.WEBHOOK_SECRET);
""",
)
NODE["github"] = (
    "@octokit/webhooks-methods",
    """\
import { verify } from "@octokit/webhooks-methods";

const valid = await verify(process.env.WEBHOOK_SECRET, rawBody.toString(), req.header("X-Hub-Signature-256"));
""",
)
