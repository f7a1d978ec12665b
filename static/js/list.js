// The list of captures: edits from the server, held back while somebody reads (nothing moves under the reader).
import { showUnread } from "./badge.js";
import { dresserOf } from "./dress.js";
import { fragment } from "./html.js";
import { loadWhileScrolling, markLastVisit, trim } from "./older.js";
import { say } from "./page.js";
import { localise } from "./times.js";
import { unreadOf } from "./unread.js";

export function listOf(root) {
  const rows = root.querySelector("[data-rows]");
  if (!rows) return null;
  const scroller = root.querySelector("[data-scroller]");
  const pill = root.querySelector("[data-held]");
  const seen = unreadOf(root.dataset.bin, Number(root.dataset.last));
  const held = new Map();
  const dresser = dresserOf(root, rows, seen, count);
  let paused = false;
  let newest = "";

  const row = (n) => document.getElementById(`capture-${n}`);
  const reading = () => paused || scroller.scrollTop > 8 || (matchMedia("(max-width: 759px)").matches && scrollY > 8)
    || rows.contains(document.activeElement);

  function make(html) {
    const item = fragment(html).querySelector("li");
    localise(item);
    dresser.dress(item);
    return item;
  }

  function count() {
    showUnread(seen.count());
    const button = root.querySelector("[data-all-read]");
    if (button) button.hidden = seen.count() === 0;
    pill.hidden = held.size === 0;
    pill.querySelector("span").textContent = `${held.size} new request${held.size === 1 ? "" : "s"}, show ${held.size === 1 ? "it" : "them"}`;
    root.querySelector("[data-no-rows]").hidden = rows.querySelector("[data-n]:not([hidden])") !== null || held.size > 0;
    dresser.keepStop();
  }

  function show() {
    // In their order: a Map keeps it, and the newest ends up on top.
    for (const html of held.values()) rows.prepend(make(html));
    held.clear();
    trim(rows);
    count();
    document.dispatchEvent(new CustomEvent("smsbin:rows"));
  }

  function remove(n) {
    row(n)?.remove();
    held.delete(n);
    dresser.forget(n);
    seen.gone(n);
  }

  function apply(edit) {
    if (edit.op === "prepend" && !row(edit.n)) {
      seen.arrived(edit.n);
      newest = fragment(edit.html).querySelector("time").dateTime;
      held.set(edit.n, edit.html);
    } else if (edit.op === "prepend" || edit.op === "replace") {
      if (edit.n === undefined) document.getElementById(edit.target)?.replaceWith(fragment(edit.html));
      else if (held.has(edit.n)) held.set(edit.n, edit.html);
      else replaceRow(edit);
    } else if (edit.op === "remove") {
      remove(edit.n);
    } else if (edit.op === "remove-through") {
      for (const item of rows.querySelectorAll("[data-n]")) if (Number(item.dataset.n) <= edit.n) remove(Number(item.dataset.n));
      for (const n of [...held.keys()]) if (n <= edit.n) remove(n);
    }
  }

  function replaceRow(edit) {
    const old = row(edit.n);
    if (!old) return;
    const focused = old.contains(document.activeElement);
    const item = make(edit.html);
    old.replaceWith(item);
    if (focused) item.querySelector(".row").focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("smsbin:changed", { detail: edit.n }));
  }

  dresser.dressAll();
  markLastVisit(rows, root.dataset.bin);
  loadWhileScrolling(rows, `${root.dataset.list}/rows${location.search}`, (item) => dresser.dress(item));
  pill.addEventListener("click", show);

  return {
    show,
    held: () => held.size,
    newestAt: () => newest,
    pause: (on) => { paused = on; if (!on) show(); },
    paused: () => paused,
    take(edits) {
      const before = held.size;
      for (const edit of edits) apply(edit);
      const fresh = held.size - before;
      if (fresh > 0) say(`${fresh} new request${fresh === 1 ? "" : "s"}`);
      if (held.size && !reading()) show();
      else count();
      return fresh;
    },
  };
}
