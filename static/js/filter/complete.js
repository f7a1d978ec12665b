// Completion in the filter box, as the combobox pattern of ARIA 1.2 has it: the focus stays in the box, an arrow chooses.
// The server says what may stand at the caret; positions count characters, not the halves of surrogate pairs.
import { ask } from "../core/net.js";
import { say } from "../core/page.js";

const PAUSE_MS = 80;
let timer = 0;
let asking = null;
// What the list on the screen belongs to: the box, its text, and the part of it that a choice replaces.
let shown = null;

const popupOf = (box) => box.closest(".completed").querySelector("[data-completions]");
const listOf = (box) => popupOf(box).querySelector("[role=listbox]");
const chosen = () => shown && listOf(shown.box).querySelector("[aria-selected=true]");
const lengthOf = (text, characters) => [...text].slice(0, characters).join("").length;

function close() {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
  if (!shown) return;
  popupOf(shown.box).hidden = true;
  shown.box.ariaExpanded = "false";
  shown.box.removeAttribute("aria-activedescendant");
  shown = null;
}

async function complete(box) {
  clearTimeout(timer);
  asking?.abort();
  const mine = asking = new AbortController();
  const text = box.value;
  const caret = box.selectionStart;
  const address = new URL(box.dataset.complete, location.href);
  address.searchParams.set("q", text);
  address.searchParams.set("caret", [...text.slice(0, caret)].length);
  const answer = await ask(address, { signal: mine.signal });
  if (mine.signal.aborted || box.value !== text || box.selectionStart !== caret || document.activeElement !== box) return;
  const found = answer.ok ? JSON.parse(await answer.text()) : { items: [] };
  if (!found.items.length) close();
  else show(box, { text, start: lengthOf(text, found.start), end: lengthOf(text, found.end), counted: found.counted, items: found.items });
}

function show(box, place) {
  const wasOpen = Boolean(shown);
  shown = { box, ...place };
  const list = listOf(box);
  list.replaceChildren(...place.items.map(optionOf));
  list.scrollTop = 0;
  const note = popupOf(box).querySelector("[data-completions-note]");
  note.textContent = `Counted in the newest ${place.counted.toLocaleString("en")} requests.`;
  note.hidden = place.items.every(({ count }) => count === null);
  popupOf(box).hidden = false;
  box.ariaExpanded = "true";
  box.removeAttribute("aria-activedescendant");
  if (!wasOpen) say(`${place.items.length} completion${place.items.length === 1 ? "" : "s"}, choose with the arrow keys`, { atOnce: true });
}

function optionOf({ label, about, count }, index) {
  const option = document.createElement("li");
  option.id = `completion-${index}`;
  option.setAttribute("role", "option");
  option.ariaSelected = "false";
  for (const [name, text] of [["code", label], ["span", about], ["small", count === null ? "" : count.toLocaleString("en")]]) {
    const piece = document.createElement(name);
    piece.textContent = text;
    piece.dir = name === "code" ? "auto" : "";
    option.append(piece);
  }
  return option;
}

// From one end the next step leads to none, so that what was typed can be searched for, and then to the other end.
function step(by) {
  const options = [...listOf(shown.box).children];
  const at = options.indexOf(chosen());
  if (at >= 0) options[at].ariaSelected = "false";
  const next = options[at < 0 && by < 0 ? options.length - 1 : at + by];
  if (!next) return shown.box.removeAttribute("aria-activedescendant");
  next.ariaSelected = "true";
  next.scrollIntoView({ block: "nearest" });
  return shown.box.setAttribute("aria-activedescendant", next.id);
}

function accept(option) {
  const { box, text, start, end, items } = shown;
  const { insert } = items[[...option.parentElement.children].indexOf(option)];
  // What was typed since the list was asked for belongs to the part.
  const typed = box.value.length - text.length;
  close();
  if (end + typed < start) return;
  box.setRangeText(insert, start, end + typed, "end");
  box.focus();
  if (insert.endsWith(":")) complete(box);
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Escape: close,
  Enter: () => chosen() && accept(chosen()),
  Tab: () => accept(chosen() ?? listOf(shown.box).firstElementChild),
};

function onKey(event) {
  const box = event.target;
  if (!box.matches?.("[data-complete]") || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (shown && KEYS[event.key]) {
    // Without a choice, Enter searches for what was typed.
    if (event.key === "Enter" && !chosen()) return close();
    event.preventDefault();
    event.stopPropagation();
    KEYS[event.key]();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    complete(box);
  } else if (shown && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
    timer = setTimeout(() => complete(box), PAUSE_MS);
  }
}

// Before the filter, for which Escape clears the box.
document.addEventListener("keydown", onKey, { capture: true });
// The keyboards of phones compose each word, so what is being composed is completed, too.
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-complete]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => complete(target), PAUSE_MS);
});
document.addEventListener("click", ({ target }) => {
  const option = target.closest?.("[data-completions] [role=option]");
  if (option) accept(option);
  else if (shown && target === shown.box) complete(shown.box);
});
// The focus stays in the box while the list is used.
document.addEventListener("mousedown", (event) => event.target.closest?.("[data-completions]") && event.preventDefault());
document.addEventListener("focusout", ({ target }) => target.matches?.("[data-complete]") && close());
document.addEventListener("submit", close, { capture: true });
addEventListener("popstate", close);

for (const box of document.querySelectorAll("[data-complete]")) {
  box.role = "combobox";
  box.ariaExpanded = "false";
  box.ariaAutoComplete = "list";
  box.setAttribute("aria-controls", listOf(box).id);
}
