// Single keys, while the list or a request has the focus; a switch in the help turns them off (WCAG 2.1.4).
import { copy } from "./copy.js";
import { close } from "./detail.js";
import { openHelp, say } from "./page.js";
import { recall, remember } from "./store.js";

const rows = () => [...document.querySelectorAll("[data-rows] .row")];
const tabs = () => [...document.querySelectorAll("[data-tab]")];

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row === document.activeElement);
  const from = here >= 0 ? here : all.findIndex((row) => row.getAttribute("aria-current"));
  goTo(all[Math.min(Math.max(from + by, 0), all.length - 1)]);
}

function goTo(row) {
  if (!row) return;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  if (document.querySelector("[data-panes].open") && matchMedia("(min-width: 760px)").matches) row.click();
}

function tab(by) {
  const all = tabs();
  const here = all.findIndex((link) => link.getAttribute("aria-current"));
  all[(here + by + all.length) % all.length]?.click();
}

async function copyOf(selector, word) {
  const button = document.querySelector(selector);
  if (!button) return;
  await copy(button.dataset.copy);
  say(`${word} copied`);
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
  Home: () => goTo(rows()[0]),
  End: () => goTo(rows().at(-1)),
  Escape: () => close(),
  "[": () => tab(-1),
  "]": () => tab(1),
  n: () => document.dispatchEvent(new CustomEvent("smsbin:show")),
  p: () => document.querySelector("[data-pause]")?.click(),
  u: toggleRead,
  c: () => copyOf("[data-primary]", "Primary URL"),
  y: () => copyOf('[aria-label="Copy as curl"]', "curl command"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
  if (event.key === "?") return openHelp();
  if (!recall("keys", true) && event.key.length === 1) return undefined;
  const digit = Number(event.key);
  const act = digit >= 1 && digit <= 6 ? () => tabs()[digit - 1]?.click() : KEYS[event.key];
  if (!act || (!document.querySelector("[data-rows]") && event.key !== "c")) return undefined;
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
