// Selecting many requests in the list: a box in each row, ranges, all that match. `batch.js` does something with them.
import { say } from "../core/page.js";
import { isPhone } from "../core/place.js";
import { MOST, clear, count, isAll, isCounted, isSelected, select, selected } from "../core/selection.js";

const bar = document.querySelector("[data-selection]");
const named = (count, more = "") => `${count.toLocaleString("en")}${more} request${count === 1 ? "" : "s"}`;
export const told = () => named(count(), isCounted() ? "" : "+");
let anchor = 0;

// The box of a row, and its state.
export function dressBox(item) {
  if (!bar) return;
  const n = Number(item.dataset.n);
  let box = item.querySelector(".pick");
  if (!box) {
    box = document.createElement("input");
    box.type = "checkbox";
    box.className = "pick";
    box.tabIndex = -1;
    box.ariaLabel = `Select #${n}`;
    item.prepend(box);
  }
  box.checked = isSelected(n);
  item.querySelector(".row").classList.toggle("picked", box.checked);
}

function toggle(n, on = !isSelected(n)) {
  anchor = n;
  if (select([n], on)) say(`${told()} selected`, { atOnce: true });
  else refuse();
}

// From the row that was selected last; both ends are in the page.
function range(rows, n) {
  const list = [...rows.querySelectorAll("[data-n]:not([hidden])")].map((item) => Number(item.dataset.n));
  const [from, to] = [list.indexOf(anchor), list.indexOf(n)].sort((a, b) => a - b);
  if (from < 0) return toggle(n, true);
  anchor = n;
  if (!select(list.slice(from, to + 1), true)) return refuse();
  return say(`${told()} selected`, { atOnce: true });
}

// Of the selected rows in the page.
export const allPinned = (root) => [...root.querySelectorAll(".pick:checked")].every((box) => box.parentElement.querySelector("[data-pinned]"));

function refuse() {
  say(isAll() ? `At most ${MOST} requests can be left out` : `At most ${MOST} requests can be selected one by one`, { atOnce: true });
}

function toggleRow(rows, extend) {
  const n = Number(document.activeElement.closest?.("[data-n]")?.dataset.n ?? document.querySelector("[data-open]")?.dataset.n);
  if (!n) return;
  if (extend) range(rows, n);
  else toggle(n);
}

function compareSelected() {
  const link = bar.querySelector("[data-compare]");
  if (link.hidden) say("Select two requests with x first", { atOnce: true });
  else location.assign(link.href);
}

export function attachSelection(root, rows, list) {
  if (!bar) return;
  const q = () => new URL(root.dataset.rowsUrl, location.href).searchParams.get("q") ?? "";

  // As the page shows it; blank if only a part was counted.
  function total() {
    if (q()) return /^([\d,]+) match/.exec(root.querySelector('[data-filtered="count"]').textContent)?.[1];
    return Number(document.getElementById("counts").dataset.total).toLocaleString("en");
  }

  function showPin() {
    bar.querySelector("[data-pin-word]").textContent = count() && allPinned(root) ? "Unpin" : "Pin";
  }

  function show() {
    const one = bar.querySelector("[data-compare]");
    const two = isAll() ? [] : selected();
    if (count()) root.classList.add("selecting");
    else if (!isPhone()) root.classList.remove("selecting");
    bar.hidden = !root.classList.contains("selecting");
    bar.querySelector("[data-selection-say]").textContent = `${told()} selected`;
    bar.querySelector("[data-select-all]").textContent = ["Select all", total(), q() ? "that match" : ""].filter(Boolean).join(" ");
    bar.querySelector("[data-select-all]").hidden = isAll();
    for (const item of bar.querySelectorAll("[data-batch], [popovertarget]")) item.disabled = !count();
    one.hidden = two.length !== 2;
    one.href = `${bar.dataset.selection}/${two.join("/")}`;
    for (const item of rows.querySelectorAll("[data-n]")) dressBox(item);
    showPin();
    for (const button of document.querySelectorAll("[data-pick]")) button.setAttribute("aria-pressed", isSelected(Number(button.dataset.pick)));
  }

  function onClick(event) {
    const item = event.target.closest("[data-n]");
    const isBox = event.target.matches(".pick");
    if (!item || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isBox && !event.shiftKey && !(isPhone() && root.classList.contains("selecting"))) return;
    // A box has changed already, and its state follows from the selection.
    if (!isBox) event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) range(rows, Number(item.dataset.n));
    else toggle(Number(item.dataset.n));
  }

  function none() {
    root.classList.remove("selecting");
    clear();
  }

  rows.addEventListener("click", onClick);
  // A range of rows is no text.
  rows.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); });
  document.addEventListener("smsbin:selection", show);
  document.addEventListener("smsbin:rows", show);
  document.addEventListener("smsbin:changed", showPin);
  document.addEventListener("smsbin:select", ({ detail }) => toggleRow(rows, detail.extend));
  document.addEventListener("smsbin:compare", compareSelected);
  document.addEventListener("smsbin:reload", () => list.jump({}));
  document.addEventListener("smsbin:clear", (event) => {
    if (root.classList.contains("selecting")) event.preventDefault();
    none();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick], [data-select-mode], [data-select-none]");
    if (!button) return;
    if (button.dataset.pick) toggle(Number(button.dataset.pick));
    else if (button.dataset.selectNone !== undefined || root.classList.contains("selecting")) none();
    else root.classList.add("selecting");
    show();
  });
  show();
}
