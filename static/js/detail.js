// Opening a capture beside the list. Every step is an address: without this script the same links load whole pages.
import { fragment } from "./live.js";
import { say } from "./page.js";
import { localise } from "./times.js";

const panes = document.querySelector("[data-panes]");
const pane = document.querySelector("[data-detail]");
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\u{e0000}-\u{e007f}]/gu;
let readTimer = 0;

const openNumber = () => pane?.querySelector("[data-open]")?.dataset.open;

function markCurrent() {
  for (const link of document.querySelectorAll("[data-rows] .row[aria-current]")) link.removeAttribute("aria-current");
  const n = openNumber();
  if (n) document.querySelector(`#capture-${n} .row`)?.setAttribute("aria-current", "true");
}

// Opening and closing changes the width of the list, and so the height of its rows: the row in hand must not move.
function keepInPlace(n, change) {
  const row = document.getElementById(`capture-${n}`);
  const scroller = document.querySelector("[data-scroller]");
  const before = row?.getBoundingClientRect().top;
  change();
  if (row && scroller) scroller.scrollTop += row.getBoundingClientRect().top - before;
}

function settle() {
  localise(pane);
  for (const button of pane.querySelectorAll("[data-reveal]")) button.hidden = false;
  markCurrent();
  clearTimeout(readTimer);
  const n = Number(openNumber());
  readTimer = setTimeout(() => document.dispatchEvent(new CustomEvent("smsbin:read", { detail: { n } })), 1000);
}

export async function load(address, { push = true, focus = true } = {}) {
  const answer = await fetch(address, { headers: { "X-Partial": "detail" } });
  if (answer.redirected || (!answer.ok && answer.status !== 404)) return location.assign(address);
  if (answer.status === 404) return say("This request is gone");
  pane.replaceChildren(fragment(await answer.text()));
  pane.tabIndex = -1;
  keepInPlace(openNumber(), () => {
    pane.hidden = false;
    panes.classList.add("open");
  });
  if (push) history.pushState(null, "", address);
  settle();
  if (focus) pane.focus({ preventScroll: true });
  return undefined;
}

export function close({ push = true } = {}) {
  if (!pane || pane.hidden) return;
  const n = openNumber();
  const home = pane.querySelector("[data-close]").href;
  keepInPlace(n, () => {
    pane.hidden = true;
    pane.replaceChildren();
    panes.classList.remove("open");
  });
  if (push) history.pushState(null, "", home);
  markCurrent();
  document.querySelector(`#capture-${n} .row`)?.focus({ preventScroll: true });
}

function reveal(on) {
  const code = pane.querySelector("[data-text]");
  const text = code.dataset.plain ?? code.textContent;
  code.dataset.plain = text;
  if (!on) {
    code.textContent = text;
    return;
  }
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const mark = document.createElement("span");
    mark.className = "unseen";
    mark.textContent = `U+${match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    parts.push(text.slice(from, match.index), mark);
    from = match.index + match[0].length;
  }
  code.replaceChildren(...parts, text.slice(from));
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-rows] .row, [data-tab], [data-close]");
  if (link) {
    event.preventDefault();
    if (link.matches("[data-close]")) close();
    else load(link.href, { focus: !link.matches("[data-tab]") });
    return;
  }
  const button = event.target.closest("[data-reveal]");
  if (button) {
    const secret = button.previousElementSibling;
    secret.textContent = secret.dataset.secret;
    button.remove();
  }
}

if (pane) {
  document.addEventListener("click", onClick);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-hidden-switch]")) reveal(event.target.checked);
  });
  addEventListener("popstate", () => {
    if (/\/captures\/\d+$/.test(location.pathname)) load(location.href, { push: false });
    else close({ push: false });
  });
  // The outcome came while the capture was open: show it, unless somebody is using the pane.
  document.addEventListener("smsbin:changed", (event) => {
    if (String(event.detail) === openNumber() && pane.textContent.includes("answering…")) load(location.href, { push: false, focus: false });
  });
  if (!pane.hidden) settle();
}
