// The lists of messages, conversations and pairs. A row that is there changes where it stands; a new one comes on top, and is
// held back while somebody reads. The counts beside it are asked for again, at most every two seconds.
import { isOpen, refreshIfOpen } from "../core/detail.js";
import { heldOf, swap } from "./held.js";
import { fragment } from "../core/html.js";
import { ask } from "../core/net.js";
import { logOf } from "./log.js";
import { loadWhileScrolling } from "./older.js";
import { say } from "../core/page.js";
import { isPhone } from "../core/place.js";
import { stopsOf } from "../core/stops.js";
import { localise } from "../core/times.js";

const SIDE_MS = 2000;

export function ledgerOf(root) {
  const rows = root.querySelector("[data-rows]");
  const noun = { messages: "message", compare: "pair" }[root.dataset.scene] ?? "conversation";
  const counted = root.dataset.scene !== "conversations";
  const stops = stopsOf(rows);
  const held = heldOf(root, rows, noun, { row: "[data-row]", apply, lay, settle: stops.keep });
  const log = logOf(root);
  let newest = "";
  let due = 0;

  // In the order in which they changed; the newest ends up on top.
  function lay(items) {
    for (const item of items.values()) {
      // An older part that was loaded meanwhile may have it, too.
      document.getElementById(item.id)?.remove();
      dress(item);
      rows.prepend(item);
    }
    items.clear();
  }

  function dress(item) {
    const link = item.querySelector(".row");
    link.tabIndex = link === document.activeElement ? 0 : -1;
    if (isOpen(item.id)) link.setAttribute("aria-current", "true");
  }

  function put(item, stays) {
    localise(item);
    dress(item);
    const old = document.getElementById(item.id);
    reopen(item.id);
    if (old && !stays && !held.reading() && !isOpen(item.id)) old.remove();
    else if (old) swap(old, item);
    else if (!stays) held.rows.delete(item.id);
    else {
      newest = item.querySelector(".row-when time").dateTime;
      held.rows.delete(item.id);
      held.rows.set(item.id, item);
    }
  }

  async function reopen(id) {
    if (!await refreshIfOpen(id)) return;
    const verdict = root.querySelector("[data-verdict] strong");
    if (verdict) say(verdict.textContent, { atOnce: true });
  }

  function forget({ n, through, name }) {
    const gone = (item) => {
      if (name) return [`message-${name}`, `bubble-${name}`].includes(item.id);
      return through ? Number(item.dataset.lastN) <= n : Number(item.dataset.lastN) === n;
    };
    for (const item of root.querySelectorAll("[data-last-n]")) if (gone(item)) item.remove();
    for (const [id, item] of held.rows) if (gone(item)) held.rows.delete(id);
  }

  function apply(edit) {
    if (edit.op === "gone") return forget(edit);
    const item = fragment(edit.html).querySelector("li");
    return edit.place === "log" ? log?.put(item) : put(item, edit.op === "put");
  }

  async function askSide() {
    if (!counted || due) return;
    due = setTimeout(async () => {
      const { search } = location;
      const answer = await ask(`${root.dataset.list}/side${search}`);
      due = 0;
      // The filter has changed in the meantime, and the page has the counts of the new one.
      if (search !== location.search) return askSide();
      if (!answer.ok || answer.redirected) return;
      for (const item of fragment(await answer.text()).querySelectorAll("#views, #pace")) {
        const old = document.getElementById(item.id);
        if (!old || old.contains(document.activeElement)) continue;
        const details = item.querySelector("details");
        if (details) details.open = old.querySelector("details")?.open ?? false;
        localise(item);
        old.replaceWith(item);
      }
    }, SIDE_MS);
  }

  // The rows of another filter.
  function replace(piece) {
    held.rows.clear();
    localise(piece);
    rows.replaceChildren(...piece.childNodes);
    settle();
    watch?.();
    (isPhone() ? document.scrollingElement : root.querySelector("[data-scroller]")).scrollTop = 0;
  }

  function settle() {
    for (const item of rows.querySelectorAll("[data-row]")) dress(item);
    held.count();
  }

  settle();
  const watch = counted ? loadWhileScrolling(rows, () => root.dataset.rowsUrl, dress) : null;

  return {
    noun,
    replace,
    show: held.show,
    held: () => held.rows.size,
    newestAt: () => newest,
    pause: held.pause,
    paused: held.paused,
    take(edits) {
      const fresh = held.take(edits);
      if (edits.length) askSide();
      return fresh;
    },
  };
}
