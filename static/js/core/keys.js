// Single keys, while the list or a request has the focus; a switch in the help turns them off (WCAG 2.1.4).
import { copyFrom } from "./copy.js";
import { close } from "./detail.js";
import { openHelp } from "./page.js";
import { isPhone } from "./place.js";
import { recall, remember } from "./store.js";
import { clearSelection, compareSelected, toggleRow } from "../live/select.js";

const GO_MS = 1500;
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]:not([hidden]) .row")];
const tabs = () => [...document.querySelectorAll(".tabs [data-tab]")];
let going = 0;

function step(by) {
  const all = rows();
  let from = all.indexOf(document.activeElement);
  if (from < 0) from = all.findIndex((row) => row.getAttribute("aria-current"));
  if (from < 0) from = firstOnScreen(all) - 1;
  goTo(all[Math.min(Math.max(from + by, 0), all.length - 1)]);
}

// Below the filter, which stays on top of the rows.
function firstOnScreen(all) {
  const edge = document.querySelector("[data-filter]")?.getBoundingClientRect().bottom ?? 0;
  return all.findIndex((row) => row.getBoundingClientRect().top >= edge - 1);
}

export function goTo(row, block = "nearest") {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block });
  if (document.querySelector("[data-panes].open") && !isPhone()) row.click();
}

// As many rows as the list shows at once, less one, so that the eye finds its place.
function page(by) {
  const seen = rows().filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  step(by * Math.max(1, seen.length - 1));
}

function tab(by) {
  const all = tabs();
  const here = all.findIndex((link) => link.getAttribute("aria-current"));
  all[(here + by + all.length) % all.length]?.click();
}

function copyOf(selector) {
  const button = document.querySelector(selector);
  if (button) copyFrom(button);
}

// "g" opens the box for a place in the list; without one it waits a moment for the letter of a page.
function go() {
  const button = document.querySelector("[data-goto-button]");
  if (button) button.click();
  else going = Date.now();
}

export function goToPage(letter) {
  const link = document.querySelector(`[data-go="${letter}"]`);
  going = 0;
  link?.click();
  return Boolean(link);
}

// A list that has more rows than the page loads the part with its end.
function goToEnd(to, row) {
  if (document.dispatchEvent(new CustomEvent("smsbin:go", { detail: to, cancelable: true }))) goTo(row);
}

function toggleRead() {
  const item = document.activeElement.closest?.("[data-n]") ?? document.querySelector("[data-rows] .row[aria-current]")?.closest("[data-n]");
  if (!item) return;
  const unread = !item.querySelector(".row").classList.contains("new");
  document.dispatchEvent(new CustomEvent("smsbin:read", { detail: { n: Number(item.dataset.n), unread } }));
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Home: () => goToEnd("newest", rows()[0]),
  End: () => goToEnd("oldest", rows().at(-1)),
  Escape: () => clearSelection() || close(),
  "[": () => tab(-1),
  "]": () => tab(1),
  PageDown: () => page(1),
  PageUp: () => page(-1),
  g: go,
  n: () => document.dispatchEvent(new CustomEvent("smsbin:show")),
  p: () => document.dispatchEvent(new CustomEvent("smsbin:pin")),
  s: () => document.querySelector("[data-pause]")?.click(),
  u: toggleRead,
  x: () => toggleRow(),
  X: () => toggleRow({ extend: true }),
  d: compareSelected,
  "/": () => document.querySelector("[data-filter-box]")?.select(),
  c: () => copyOf("[data-primary]"),
  y: () => copyOf("button[data-key-copy], [data-key-copy] button"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
  if (event.key === "?") return openHelp();
  if (!recall("keys", true) && event.key.length === 1) return undefined;
  // A menu that is open has the keys first.
  if (document.querySelector(":popover-open")) return undefined;
  if (going && Date.now() - going < GO_MS && /^[a-z]$/.test(event.key)) return goToPage(event.key);
  const digit = Number(event.key);
  const act = digit >= 1 && digit <= 9 ? () => tabs()[digit - 1]?.click() : KEYS[event.key];
  if (!act || (!document.querySelector("[data-rows]") && event.key !== "c" && event.key !== "g")) return undefined;
  // Arrows scroll a pane or a code block that has the focus.
  if (event.key.length > 1 && event.key !== "Escape" && event.target.closest("[data-detail], pre")) return undefined;
  event.preventDefault();
  return act();
});

for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = recall("keys", true);
  box.addEventListener("change", () => remember("keys", box.checked));
}
for (const button of document.querySelectorAll("[data-all-read]")) {
  button.addEventListener("click", () => document.dispatchEvent(new CustomEvent("smsbin:all-read")));
}
