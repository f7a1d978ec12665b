// Opening a capture or a message beside the list. Every step is an address: without this script the same links load whole pages.
import { isHome, isRemembered, rememberAddress, restoreAddress } from "./address.js";
import { keepView } from "./focus.js";
import { fragment } from "./html.js";
import { latestOf, warn } from "./net.js";
import { isSelected } from "./selection.js";
import { keepInPlace, showFromTop } from "./place.js";
import { showSteps, withTab } from "./steps.js";
import { localise } from "./times.js";

const panes = document.querySelector("[data-panes]");
const pane = document.querySelector("[data-detail]");
let readTimer = 0;
const answers = latestOf();
// Panes that the reader asked for and that are on their way. What changes meanwhile may be newer than they are.
let loading = 0;
const changed = new Set();

const head = () => pane?.querySelector("[data-open]");
const openId = () => head()?.dataset.open;
const openRow = () => document.getElementById(openId());

function markCurrent() {
  for (const link of document.querySelectorAll("[data-rows] .row[aria-current]")) link.removeAttribute("aria-current");
  openRow()?.querySelector(".row").setAttribute("aria-current", "true");
}

function settle() {
  localise(pane);
  showSteps(pane, openRow());
  for (const button of pane.querySelectorAll("[data-pick]")) button.hidden = false;
  for (const button of pane.querySelectorAll("[data-pick]")) button.setAttribute("aria-pressed", isSelected(Number(button.dataset.pick)));
  markCurrent();
  clearTimeout(readTimer);
  const n = Number(head()?.dataset.n);
  document.dispatchEvent(new CustomEvent("smsbin:shown"));
  if (n) readTimer = setTimeout(() => document.dispatchEvent(new CustomEvent("smsbin:read", { detail: { n } })), 1000);
}

// Of several that are on their way, as when a key is held, only the last one is shown.
export async function load(address, options) {
  loading += 1;
  await show(address, options).finally(() => { loading -= 1; });
  if (loading) return;
  const isStale = changed.has(openId());
  changed.clear();
  if (isStale) await refresh();
}

async function show(address, { push = true, focus = true } = {}) {
  const answer = await answers.ask(address, { headers: { "X-Partial": "detail" } });
  if (!answer) return undefined;
  const html = await answer.text();
  if (answer.redirected || (!answer.ok && answer.status !== 404)) return location.assign(address);
  if (answer.status !== 404) return put(html, address, { push, focus });
  restoreAddress({ isClosed: pane.hidden });
  return warn("This was deleted.");
}

// What was asked for at an address. False: the reader has opened something else meanwhile, which stays.
export function putAt(from, html) {
  if (location.href !== from) return false;
  put(html, from, { push: false, focus: false });
  return true;
}

function put(html, address, { push, focus }) {
  const change = () => pane.replaceChildren(fragment(html));
  // A note that is being written stays, by its own script.
  if (document.dispatchEvent(new CustomEvent("smsbin:replace", { cancelable: true, detail: change }))) change();
  pane.tabIndex = -1;
  if (pane.hidden) showFromTop();
  keepInPlace(openRow(), () => {
    pane.hidden = false;
    panes.classList.add("open");
  });
  if (push) history.pushState(null, "", address);
  rememberAddress();
  settle();
  if (focus) pane.focus({ preventScroll: true });
}

export function close({ push = true } = {}) {
  answers.drop();
  if (!pane || pane.hidden) return;
  const row = openRow();
  const home = pane.querySelector("[data-close]").href;
  keepInPlace(row, () => {
    pane.hidden = true;
    pane.replaceChildren();
    panes.classList.remove("open");
  });
  if (push) history.pushState(null, "", home);
  markCurrent();
  document.dispatchEvent(new CustomEvent("smsbin:closed"));
  row?.querySelector(".row").focus({ preventScroll: true });
}

// What is open changed: shown again, where the reader is, with the focus where it was.
let fresh = null;
async function refresh() {
  if (fresh) return fresh.again = true;
  fresh = { again: false };
  await keepView(pane, () => show(location.href, { push: false, focus: false }));
  const { again } = fresh;
  fresh = null;
  return again && !pane.hidden ? refresh() : undefined;
}
export const isOpen = (id) => Boolean(id) && openId() === id;

// Something changed. It is shown again if it is open, which is returned, but not before what the reader asked for.
export async function refreshIfOpen(id) {
  if (loading) changed.add(id);
  if (loading || !isOpen(id)) return false;
  await refresh();
  return true;
}

function follow(link) {
  document.dispatchEvent(new CustomEvent("smsbin:picked"));
  if (link.matches("[data-close]")) close();
  else if (link.matches("[data-tab]")) load(link.href, { focus: false });
  else if (link.matches("[data-step][href]")) step(link);
  else if (link.href) load(withTab(pane, link.href));
}

// The arrow that was pressed keeps the focus, so that it can be pressed again.
async function step(link) {
  const name = link.dataset.step;
  await load(link.href, { focus: false });
  pane.querySelector(`[data-step="${name}"]`)?.focus();
  openRow()?.scrollIntoView({ block: "nearest" });
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-rows] .row, [data-tab], [data-step], [data-close]");
  if (!link) return;
  event.preventDefault();
  follow(link);
}

if (pane) {
  document.addEventListener("click", onClick);
  document.addEventListener("smsbin:rows", () => showSteps(pane, openRow()));
  document.addEventListener("smsbin:close", () => close());
  addEventListener("popstate", () => {
    // A link to a place in the page, as the one that skips the navigation, changes only what is behind "#".
    if (!loading && !pane.hidden && isRemembered()) return;
    if (isHome()) close({ push: false });
    else load(location.href, { push: false });
  });
  // The outcome came while the capture was open: show it, unless somebody is using the pane.
  document.addEventListener("smsbin:changed", (event) => {
    if (loading || pane.querySelector("[data-waiting]")) refreshIfOpen(`capture-${event.detail}`);
  });
  if (!pane.hidden) settle();
}
