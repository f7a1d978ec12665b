// The list of captures: edits from the server, held back while somebody reads (nothing moves under the reader).
import { showUnread } from "./badge.js";
import { dresserOf } from "./dress.js";
import { heldOf, swap } from "./held.js";
import { fragment } from "../core/html.js";
import { loadWhileScrolling, markLastVisit, trim } from "./older.js";
import { localise } from "../core/times.js";
import { unreadOf } from "./unread.js";

export function listOf(root) {
  const rows = root.querySelector("[data-rows]");
  if (!rows) return null;
  const seen = unreadOf(root.dataset.bin, Number(root.dataset.last));
  const held = heldOf(root, rows, "request", {
    row: "[data-n]:not([hidden])",
    lay: make,
    apply,
    settle,
    trim: () => trim(rows),
    shown: () => document.dispatchEvent(new CustomEvent("smsbin:rows")),
  });
  const dresser = dresserOf(root, rows, seen, held.count);
  let newest = "";

  const row = (n) => document.getElementById(`capture-${n}`);

  function make(html) {
    const item = fragment(html).querySelector("li");
    localise(item);
    dresser.dress(item);
    return item;
  }

  function settle() {
    showUnread(seen.count());
    const button = root.querySelector("[data-all-read]");
    if (button) button.hidden = seen.count() === 0;
    dresser.keepStop();
  }

  function remove(n) {
    row(n)?.remove();
    held.rows.delete(n);
    dresser.forget(n);
    seen.gone(n);
  }

  function apply(edit) {
    if (edit.op === "prepend" && !row(edit.n)) {
      seen.arrived(edit.n);
      newest = fragment(edit.html).querySelector("time").dateTime;
      held.rows.set(edit.n, edit.html);
    } else if (edit.op === "prepend" || edit.op === "replace") {
      if (edit.n === undefined) document.getElementById(edit.target)?.replaceWith(fragment(edit.html));
      else if (held.rows.has(edit.n)) held.rows.set(edit.n, edit.html);
      else replaceRow(edit);
    } else if (edit.op === "remove") {
      remove(edit.n);
    } else if (edit.op === "remove-through") {
      for (const item of rows.querySelectorAll("[data-n]")) if (Number(item.dataset.n) <= edit.n) remove(Number(item.dataset.n));
      for (const n of [...held.rows.keys()]) if (n <= edit.n) remove(n);
    }
  }

  function replaceRow(edit) {
    const old = row(edit.n);
    if (!old) return;
    swap(old, make(edit.html));
    document.dispatchEvent(new CustomEvent("smsbin:changed", { detail: edit.n }));
  }

  dresser.dressAll();
  markLastVisit(rows, root.dataset.bin);
  loadWhileScrolling(rows, `${root.dataset.list}/rows${location.search}`, (item) => dresser.dress(item));

  return {
    show: held.show,
    held: () => held.rows.size,
    newestAt: () => newest,
    pause: held.pause,
    paused: held.paused,
    take: held.take,
  };
}
