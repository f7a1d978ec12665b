// How a row stands in the list: unread or read, the open one, hidden while its deletion can be undone.
import { forget } from "../core/selection.js";
import { stopsOf } from "../core/stops.js";
import { dressBox } from "./select.js";

export function dresserOf(root, rows, seen, changed) {
  const hidden = new Set();
  const covers = new Set();
  const stops = stopsOf(rows);
  const row = (n) => document.getElementById(`capture-${n}`);

  function dress(item) {
    const n = Number(item.dataset.n);
    const link = item.querySelector(".row");
    link.classList.toggle("new", seen.isUnread(n));
    dressBox(item);
    link.tabIndex = link === document.activeElement ? 0 : -1;
    item.hidden = hidden.has(n) || [...covers].some((covered) => covered(n));
    item.querySelector("[data-new-word]").textContent = seen.isUnread(n) ? "New. " : "";
    if (item.id === root.querySelector("[data-open]")?.dataset.open) link.setAttribute("aria-current", "true");
  }

  function dressAll() {
    for (const item of rows.querySelectorAll("[data-n]")) dress(item);
    changed();
  }

  document.addEventListener("smsbin:read", ({ detail: { n, unread = false } }) => {
    seen.set(n, unread);
    const item = row(n);
    if (item) dress(item);
    changed();
  });
  document.addEventListener("smsbin:all-read", () => {
    seen.all();
    dressAll();
  });
  // One row by its number, or those that a function covers.
  document.addEventListener("smsbin:hide", ({ detail: { n, covers: covered, on } }) => {
    const [set, one] = covered ? [covers, covered] : [hidden, n];
    if (on) set.add(one);
    else set.delete(one);
    if (covered) return dressAll();
    const item = row(n);
    if (item) dress(item);
    return changed();
  });

  return {
    dress,
    dressAll,
    forget(n) {
      hidden.delete(n);
      forget(n);
    },
    keepStop: stops.keep,
  };
}
