// Single keys, while the list or a request has the focus; a switch in the help turns them off (WCAG 2.1.4).
import { openHelp } from "./page.js";
import { isPhone } from "./place.js";
import { recall, remember } from "./store.js";

const GO_MS = 1500;
const EARLY_MS = 5000;
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]:not([hidden]) .row")];
const tabs = () => [...document.querySelectorAll(".tabs [data-tab]")];
let going = 0;
let early = null;

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

const click = (selector) => document.querySelector(selector)?.click();

// "g" opens the box for a place in the list, where a letter leads to a page; without one it waits a moment for the letter.
function go() {
  const button = document.querySelector("[data-goto-button]");
  if (button) button.click();
  else going = Date.now();
}

function goToPage(letter) {
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

// Returns whether what it was for was not there, so that the key may do something else.
const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`smsbin:${name}`, { detail, cancelable: true }));

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Home: () => goToEnd("newest", rows()[0]),
  End: () => goToEnd("oldest", rows().at(-1)),
  Escape: () => tell("clear") && tell("close"),
  "[": () => tab(-1),
  "]": () => tab(1),
  PageDown: () => page(1),
  PageUp: () => page(-1),
  g: go,
  n: () => document.dispatchEvent(new CustomEvent("smsbin:show")),
  p: () => tell("pin"),
  s: () => click("[data-pause]"),
  u: toggleRead,
  x: () => tell("select"),
  X: () => tell("select", { extend: true }),
  d: () => tell("compare"),
  "/": () => document.querySelector("[data-filter-box]")?.select(),
  c: () => click("[data-primary]"),
  y: () => click("button[data-key-copy], [data-key-copy] button"),
};

// With a modifier, so that it works in a box of text, and is not one of the keys that can be turned off.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || event.ctrlKey === event.metaKey || event.altKey || event.shiftKey) return;
  if (!document.querySelector("[data-palette-open]")) return;
  event.preventDefault();
  early = { text: "", at: Date.now() };
  click("[data-palette-open]");
});

// What was typed while the script of the palette was on its way.
export function takeEarly() {
  const { text } = early ?? { text: "" };
  early = null;
  return text;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (early && (event.key.length === 1 || event.key === "Enter") && Date.now() - early.at < EARLY_MS) {
    early.text += event.key === "Enter" ? "\n" : event.key;
    return event.preventDefault();
  }
  const isLetter = /^[a-z]$/.test(event.key);
  if (isLetter && event.target.matches("[data-goto] input") && !event.target.value && recall("keys", true) && goToPage(event.key)) event.preventDefault();
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
  if (event.key === "?") return openHelp();
  if (!recall("keys", true) && event.key.length === 1) return undefined;
  // A menu that is open has the keys first.
  if (document.querySelector(":popover-open")) return undefined;
  if (going && Date.now() - going < GO_MS && isLetter) return goToPage(event.key);
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
