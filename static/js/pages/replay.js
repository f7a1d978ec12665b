// Replay: the address is remembered for each bin, and the answer is shown where the reader is.
import { putAt } from "../core/detail.js";
import { ask, isUnreachable, warn } from "../core/net.js";
import { say } from "../core/page.js";
import { recall, remember } from "../core/store.js";

const name = (form) => `replay:${form.dataset.replay}`;

function fill() {
  for (const form of document.querySelectorAll("[data-replay]")) {
    form.elements.url.value ||= recall(name(form), "");
  }
}

async function send(form, submitter) {
  const from = location.href;
  const body = new URLSearchParams(new FormData(form, submitter));
  remember(name(form), body.get("url"));
  const button = form.querySelector("button");
  button.disabled = true;
  say("Sending", { atOnce: true });
  const answer = await ask(form.action, { method: "POST", body, headers: { "X-Partial": "detail" } });
  button.disabled = false;
  if (isUnreachable(answer)) return warn("Cannot reach smsbin, nothing was sent. Try again.");
  if (!answer.ok && answer.status !== 422) return warn("Not sent: the request was deleted.");
  if (answer.redirected) return location.reload();
  const ticked = form.elements.credentials.checked;
  if (!putAt(from, await answer.text())) return answer.ok ? say("Sent: the response is on the Replay tab", { atOnce: true }) : warn("Not sent: the form has errors.");
  const fresh = document.querySelector("[data-replay]");
  fresh.elements.credentials.checked = ticked;
  const changes = document.querySelector("[data-changes]");
  if (changes) {
    changes.scrollIntoView({ block: "nearest" });
    return say("Changes shown", { atOnce: true });
  }
  // Not from who writes something else in the meantime.
  if (!document.activeElement.matches("input, textarea")) fresh.querySelector("button").focus();
  const last = document.querySelector("[data-attempts] tr:last-child .state");
  return say(answer.ok ? `Response: ${last.textContent}` : (document.getElementById("url-problem") ?? document.getElementById("then-problem") ?? document.getElementById("sign-problem") ?? document.getElementById("edit-problem"))?.textContent ?? "", { atOnce: true });
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.replay === undefined) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("smsbin:shown", fill);
fill();
