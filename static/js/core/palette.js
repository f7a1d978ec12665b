// The palette: pages, actions, bins, numbers, message ids and requests by their words. A row is a link or a button, which does what
// it says; the rows of the page are in its template, the others come from the server.
import { fragment } from "./html.js";
import { takeEarly } from "./keys.js";
import { ask, isUnreachable } from "./net.js";

const PAUSE_MS = 120;
const PAGE = 8;

const box = document.querySelector("template[data-palette]").content.querySelector("dialog").cloneNode(true);
const input = box.querySelector("[role=combobox]");
const list = box.querySelector("[role=listbox]");
const count = box.querySelector("[data-palette-count]");
const own = [...list.children];
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}+#]+/gu) ?? [];
const texts = new Map(own.map((row) => [row, wordsOf(`${row.firstChild.textContent} ${row.dataset.words}`)]));
let asking = null;
let timer = 0;
// Whether a row was chosen by hand, and whether Enter came before the rows.
let moved = false;
let entered = false;

// 3: a word begins so; 2: it is within one; 1: its letters are in one, in this order.
function fit(typed, words) {
  if (words.some((word) => word.startsWith(typed))) return 3;
  if (words.some((word) => word.includes(typed))) return 2;
  const letters = [...typed];
  const has = (word) => [...word].reduce((at, letter) => at + (letter === letters[at] ? 1 : 0), 0) === letters.length;
  return letters.length > 1 && words.some(has) ? 1 : 0;
}

// The weakest of the words that were typed counts.
const scoreOf = (row, typed) => Math.min(3, ...typed.map((word) => fit(word, texts.get(row))));

function isUsable(row) {
  const { press } = row.dataset;
  return !press || document.querySelector(`[${press}]:not([hidden])`) !== null;
}

const chosen = () => list.querySelector("[aria-selected=true]");

function choose(row) {
  chosen()?.setAttribute("aria-selected", "false");
  if (row) {
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
  }
  input.setAttribute("aria-activedescendant", row?.id ?? "");
}

function show(found, note = "") {
  const typed = wordsOf(input.value);
  const scored = own.filter(isUsable).map((row) => [row, input.value.trim() && !typed.length ? 0 : scoreOf(row, typed)]);
  const best = scored.filter(([, score]) => score > 1).sort(([, one], [, other]) => other - one);
  const rows = [...best, ...found.map((row) => [row]), ...scored.filter(([, score]) => score === 1)].map(([row]) => row);
  const before = moved ? chosen() : null;
  list.replaceChildren(...rows);
  for (const [at, row] of rows.entries()) row.id = `palette-row-${at}`;
  choose(rows.includes(before) ? before : rows[0]);
  list.hidden = !rows.length;
  if (note) count.textContent = note;
  else if (rows.length) count.textContent = `${rows.length} result${rows.length === 1 ? "" : "s"}`;
  else count.textContent = asking ? "Searching…" : "Nothing found";
  if (entered && !asking) run();
}

async function search(mine) {
  const address = new URL(box.dataset.find, location.href);
  address.searchParams.set("q", input.value.trim());
  if (box.dataset.binId) address.searchParams.set("bin", box.dataset.binId);
  const answer = await ask(address, { signal: mine.signal });
  if (mine !== asking) return;
  asking = null;
  const found = fragment(answer.ok && !answer.redirected ? await answer.text() : "");
  const note = isUnreachable(answer) || answer.status >= 500 ? "Cannot reach smsbin: only pages and actions are shown" : found.querySelector("p")?.textContent;
  show([...found.querySelectorAll("[role=option]")], note);
}

// What is typed is compared with the rows of the page at once, and sent to the server after a pause.
function update() {
  asking?.abort();
  clearTimeout(timer);
  asking = input.value.trim() ? new AbortController() : null;
  moved = entered = false;
  if (asking) timer = setTimeout(search, PAUSE_MS, asking);
  show([]);
}

function run() {
  entered = !chosen() && asking !== null;
  chosen()?.click();
}

function step(by) {
  const rows = [...list.children];
  const at = rows.indexOf(chosen());
  const to = Math.abs(by) === 1 ? (at + by + rows.length) % rows.length : Math.min(Math.max(at + by, 0), rows.length - 1);
  moved = true;
  choose(rows[to]);
}

function open() {
  const early = takeEarly();
  [input.value] = early.split("\n");
  update();
  box.showModal();
  if (early.includes("\n")) run();
}

const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(PAGE), PageUp: () => step(-PAGE), Enter: run };

document.body.append(box);
input.addEventListener("input", update);
input.addEventListener("keydown", (event) => {
  const act = event.isComposing ? undefined : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
box.addEventListener("click", (event) => {
  const row = event.target.closest("[role=option]");
  // A copied row shows that it is, and the palette stays.
  if (row?.dataset.copy !== undefined) return input.focus();
  if (row || event.target === box || event.target.closest("[data-palette-close]")) box.close();
  if (row?.dataset.press) document.querySelector(`[${row.dataset.press}]:not([hidden])`).click();
  return undefined;
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette-open]")) open();
});
