// How a row stands in the list: unread or read, the open one, hidden while its deletion can be undone.
import { isPicked } from "../core/picks.js";
import { stopsOf } from "../core/stops.js";

export function dresserOf(root, rows, seen, changed) {
  const hidden = new Set();
  const stops = stopsOf(rows);
  const row = (n) => document.getElementById(`capture-${n}`);

  function dress(item) {
    const n = Number(item.dataset.n);
    const link = item.querySelector(".row");
    link.classList.toggle("new", seen.isUnread(n));
    link.classList.toggle("picked", isPicked(n));
    link.tabIndex = link === document.activeElement ? 0 : -1;
    item.hidden = hidden.has(n);
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
  document.addEventListener("smsbin:hide", ({ detail: { n, on } }) => {
    if (on) hidden.add(n);
    else hidden.delete(n);
    const item = row(n);
    if (item) dress(item);
    changed();
  });

  return {
    dress,
    dressAll,
    forget: (n) => hidden.delete(n),
    keepStop: stops.keep,
  };
}
