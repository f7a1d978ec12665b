// The annotation of the open request: its forms are sent where the reader is, and it follows changes by others. "p" pins.
import { fragment } from "../core/html.js";
import { ask, isUnreachable, warn } from "../core/net.js";
import { say } from "../core/page.js";

const section = () => document.getElementById("annotation");

function put(html, n) {
  const old = section();
  const fresh = fragment(html).querySelector("#annotation");
  if (!old || !fresh || Number(document.querySelector("[data-open]")?.dataset.n) !== n) return;
  if (old.querySelector("details").open && !old.dataset.saved) fresh.querySelector("details").open = true;
  old.replaceWith(fresh);
}

async function send(form) {
  const n = Number(document.querySelector("[data-open]").dataset.n);
  const body = new URLSearchParams(new FormData(form));
  const isPin = body.has("pinned");
  const answer = await ask(form.action, { method: "POST", body, headers: { "X-Partial": "annotation" } });
  if (isUnreachable(answer)) return warn("Cannot reach smsbin, nothing was changed. Try again.");
  if (answer.redirected) return location.reload();
  if (!answer.ok && answer.status !== 422) return warn("Not saved: the request was deleted.");
  const told = isPin ? (body.get("pinned") === "1" ? "Pinned" : "Unpinned") : "Saved";
  const isOpen = section() && Number(document.querySelector("[data-open]").dataset.n) === n;
  if (!isOpen) return answer.ok ? say(told, { atOnce: true }) : warn(`Not saved: what was written at #${n} is not allowed.`);
  if (answer.ok && !isPin) section().dataset.saved = "";
  put(await answer.text(), n);
  if (!answer.ok) {
    section().querySelector("[aria-invalid]").focus();
    return say(section().querySelector("[role=alert]").textContent, { atOnce: true });
  }
  section().querySelector(isPin ? "[aria-pressed]" : "summary").focus();
  return say(told, { atOnce: true });
}

async function pin() {
  const row = document.activeElement.closest?.("[data-rows] [data-n]");
  const n = Number(row?.dataset.n ?? document.querySelector("[data-open]")?.dataset.n);
  const api = document.querySelector("[data-selection]")?.dataset.api;
  if (!n || !api) return;
  const pinned = !(row ?? document.getElementById(`capture-${n}`))?.querySelector("[data-pinned]");
  const answer = await ask(`${api}/captures/annotate`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ numbers: [n], pinned }),
  });
  if (answer.ok) say(`${pinned ? "Pinned" : "Unpinned"} #${n}`, { atOnce: true });
  else warn(answer.status === 404 ? "Not pinned: the request was deleted." : "Cannot reach smsbin, nothing was changed. Try again.");
}

// What is being written stays.
const isEdited = () => [...section().querySelectorAll("textarea, [name=tags]")].some((field) => field.value !== field.defaultValue);

async function refresh(n) {
  if (!section() || Number(document.querySelector("[data-open]")?.dataset.n) !== n || isEdited()) return;
  const focused = section().contains(document.activeElement) ? document.activeElement.matches("summary") ? "summary" : "[aria-pressed]" : null;
  const answer = await ask(section().dataset.annotation);
  if (!answer.ok || answer.redirected || !section() || isEdited()) return;
  put(await answer.text(), n);
  if (focused) section()?.querySelector(focused).focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.annotate === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  send(event.target);
});
document.addEventListener("smsbin:pin", pin);
document.addEventListener("smsbin:changed", ({ detail }) => refresh(detail));
