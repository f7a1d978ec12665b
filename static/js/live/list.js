// The list of captures: edits from the server, held back while somebody reads (nothing moves under the reader).
import { showUnread } from "./badge.js";
import { dresserOf } from "./dress.js";
import { attachPlaces } from "./places.js";
import { heldOf, swap } from "./held.js";
import { replace as swapPart } from "../core/focus.js";
import { fragment } from "../core/html.js";
import { marksOf } from "./marks.js";
import { clear, count } from "../core/selection.js";
import { attachSelection } from "./select.js";
import { localise } from "../core/times.js";
import { unreadOf } from "./unread.js";
import { MOST_ROWS, windowOf } from "./window.js";

const RECEIVED = /<time datetime="([^"]+)"/;

export function listOf(root) {
  const rows = root.querySelector("[data-rows]");
  const seen = unreadOf(root.dataset.bin, Number(root.dataset.last));
  const marks = marksOf(rows, root.dataset.bin);
  const held = heldOf(root, rows, "request", {
    row: "[data-n]:not([hidden])", apply, lay, settle, elsewhere: () => !list.hasAll("newer") || count() > 0,
  });
  const dresser = dresserOf(root, rows, seen, held.count);
  const list = windowOf(rows, root.querySelector("[data-scroller]"), {
    address: () => root.dataset.rowsUrl, dress: dresser.dress, settled,
  });
  // Edits that arrive while a part is loading: its rows may have been read before them.
  const during = [];
  let newest = "";

  const row = (n) => document.getElementById(`capture-${n}`);
  const isBelow = (n) => !list.hasAll("older") && n < Number(list.last()?.dataset.n ?? 0);

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

  function settled() {
    if (list.isLoading()) return;
    for (const edit of during.splice(0)) apply(edit);
    for (const n of held.rows.keys()) if (row(n) || isBelow(n)) held.rows.delete(n);
    moved();
    held.count();
  }

  function moved() {
    marks.settle();
    document.dispatchEvent(new CustomEvent("smsbin:rows"));
  }

  // What is held continues the rows of the page, or the newest part is loaded.
  async function lay(items) {
    if (list.hasAll("newer") && [...items.values()].every(Boolean)) {
      list.insert([...items.values()].map(make));
      items.clear();
      list.trim("older");
      moved();
    } else {
      await jump({});
    }
  }

  async function jump(values) {
    marks.forgetPlace();
    return list.jump(values);
  }

  // The rows of another filter.
  function replace(piece) {
    during.length = 0;
    held.rows.clear();
    marks.forgetPlace();
    clear();
    localise(piece);
    list.put(piece);
    list.box().scrollTop = 0;
    rows.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  function remove(n) {
    row(n)?.remove();
    held.rows.delete(n);
    dresser.forget(n);
    seen.gone(n);
  }

  function apply(edit) {
    if (list.isLoading() && edit.n !== undefined) during.push(edit);
    if (edit.op === "prepend" && !row(edit.n)) {
      seen.arrived(edit.n);
      [, newest] = RECEIVED.exec(edit.html);
      // Of rows that the next showing loads anyway, only the numbers are kept.
      const continues = list.hasAll("newer") && held.rows.size < MOST_ROWS;
      if (!isBelow(edit.n)) held.rows.set(edit.n, continues ? edit.html : null);
    } else if (edit.op === "prepend" || edit.op === "replace") {
      if (edit.n === undefined) replacePart(edit);
      else if (held.rows.get(edit.n)) held.rows.set(edit.n, edit.html);
      else replaceRow(edit);
    } else if (edit.op === "remove") {
      remove(edit.n);
    } else if (edit.op === "remove-through") {
      for (const item of list.all()) if (Number(item.dataset.n) <= edit.n) remove(Number(item.dataset.n));
      for (const n of [...held.rows.keys()]) if (n <= edit.n) remove(n);
    }
  }

  function replacePart(edit) {
    const old = document.getElementById(edit.target);
    if (old) swapPart(old, fragment(edit.html).firstElementChild);
  }

  function replaceRow(edit) {
    const old = row(edit.n);
    if (!old) return;
    swap(old, make(edit.html));
    document.dispatchEvent(new CustomEvent("smsbin:changed", { detail: edit.n }));
  }

  function take(edits) {
    document.dispatchEvent(new CustomEvent("smsbin:edits"));
    if (!held.reading()) return held.take(edits);
    let fresh = 0;
    list.keep(() => { fresh = held.take(edits); });
    return fresh;
  }

  dresser.dressAll();
  attachPlaces(root, { list, row, jump, show: held.show });
  attachSelection(root, rows, { jump });

  return {
    show: held.show,
    replace,
    held: () => held.rows.size,
    newestAt: () => newest,
    pause: held.pause,
    paused: held.paused,
    take,
  };
}
