// How a row stands in the list: unread or read, the open one, hidden while its deletion can be undone.
// One row is a stop of the Tab key, the others are reached from it: the request beside the list is one Tab away.

export function dresserOf(root, rows, seen, changed) {
  const hidden = new Set();
  const row = (n) => document.getElementById(`capture-${n}`);

  function dress(item) {
    const n = Number(item.dataset.n);
    const link = item.querySelector(".row");
    link.classList.toggle("new", seen.isUnread(n));
    link.tabIndex = link === document.activeElement ? 0 : -1;
    item.hidden = hidden.has(n);
    item.querySelector("[data-new-word]").textContent = seen.isUnread(n) ? "New. " : "";
    if (String(n) === root.querySelector("[data-open]")?.dataset.open) link.setAttribute("aria-current", "true");
  }

  function dressAll() {
    for (const item of rows.querySelectorAll("[data-n]")) dress(item);
    changed();
  }

  function rove(link) {
    for (const other of rows.querySelectorAll('.row[tabindex="0"]')) other.tabIndex = -1;
    if (link) link.tabIndex = 0;
  }

  rows.addEventListener("focusin", (event) => {
    if (event.target.matches(".row")) rove(event.target);
  });
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
    keepStop() {
      if (rows.querySelector('[data-n]:not([hidden]) > .row[tabindex="0"]')) return;
      rove(rows.querySelector("[data-n]:not([hidden]) > .row[aria-current]") ?? rows.querySelector("[data-n]:not([hidden]) > .row"));
    },
  };
}
