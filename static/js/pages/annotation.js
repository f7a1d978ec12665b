// The annotation of the open request: its forms are sent where the reader is, and it follows changes by others. "p" pins.
import { fragment } from "../core/html.js";
import { ask, isUnreachable, warn } from "../core/net.js";
import { fieldsOf, isBeingWritten, keepNote, section } from "../core/note.js";
import { say } from "../core/page.js";

const openN = () => Number(document.querySelector("[data-open]")?.dataset.n);

function put(html, n) {
  const old = section();
  const fresh = fragment(html).querySelector("#annotation");
  if (!old || !fresh || openN() !== n) return;
  fresh.querySelector("details").open = old.querySelector("details").open;
  keepNote(() => old.replaceWith(fresh));
}

function reasonOf({ status }) {
  if (status === 403) return "you may only read here.";
  return status === 404 ? "the request was deleted." : "smsbin cannot be reached. Try again.";
}

// What was sent is not being written any more; what was typed since then is.
function settle(sent) {
  for (const field of fieldsOf(section())) field.defaultValue = sent.get(field.name);
  if (!isBeingWritten()) section().querySelector("details").open = false;
}

// The problems are shown with what is typed now.
function showProblems(html) {
  const fresh = fragment(html).querySelector("#annotation");
  for (const field of fieldsOf(section())) {
    const next = fresh.querySelector(`[name=${field.name}]`);
    next.value = field.value;
    next.defaultValue = field.defaultValue;
  }
  section().replaceWith(fresh);
  section().querySelector("[aria-invalid]").focus();
  say(section().querySelector("[role=alert]").textContent, { atOnce: true });
}

async function send(form) {
  const n = openN();
  const body = new URLSearchParams(new FormData(form));
  const isPin = body.has("pinned");
  const answer = await ask(form.action, { method: "POST", body, headers: { "X-Partial": "annotation" } });
  if (isUnreachable(answer)) return warn("Cannot reach smsbin, nothing was changed. Try again.");
  if (answer.redirected) return location.reload();
  if (!answer.ok && answer.status !== 422) return warn(`Not saved: ${reasonOf(answer)}`);
  const told = isPin ? (body.get("pinned") === "1" ? "Pinned" : "Unpinned") : "Saved";
  const isOpen = section() && openN() === n;
  if (!isOpen) return answer.ok ? say(told, { atOnce: true }) : warn(`Not saved: what was written at #${n} is not allowed.`);
  if (!answer.ok) return showProblems(await answer.text());
  if (!isPin) settle(body);
  put(await answer.text(), n);
  // What had the focus was replaced, unless the reader is somewhere else by now.
  if (document.activeElement === document.body) section().querySelector(isPin ? "[aria-pressed]" : "summary").focus();
  return say(told, { atOnce: true });
}

async function pin() {
  const row = document.activeElement.closest?.("[data-rows] [data-n]");
  const n = Number(row?.dataset.n ?? openN());
  const api = document.querySelector("[data-selection]")?.dataset.api;
  if (!n || !api) return;
  const pinned = !(row ?? document.getElementById(`capture-${n}`))?.querySelector("[data-pinned]");
  const answer = await ask(`${api}/captures/annotate`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ numbers: [n], pinned }),
  });
  if (isUnreachable(answer)) warn("Cannot reach smsbin, nothing was changed. Try again.");
  else if (answer.ok) say(`${pinned ? "Pinned" : "Unpinned"} #${n}`, { atOnce: true });
  else warn(`Not pinned: ${reasonOf(answer)}`);
}

async function refresh(n) {
  if (!section() || openN() !== n) return;
  const answer = await ask(section().dataset.annotation);
  if (!answer.ok || answer.redirected || !section()) return;
  const focused = section().querySelector("summary:focus") ? "summary" : section().contains(document.activeElement) ? "[aria-pressed]" : null;
  put(await answer.text(), n);
  if (focused && document.activeElement === document.body) section().querySelector(focused).focus({ preventScroll: true });
}

document.addEventListener("smsbin:replace", (event) => {
  event.preventDefault();
  keepNote(event.detail);
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.annotate === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  send(event.target);
});
document.addEventListener("smsbin:pin", pin);
document.addEventListener("smsbin:changed", ({ detail }) => refresh(detail));
