// The lists of messages and conversations. A row that is there changes where it stands; a new one comes on top, and is
// held back while somebody reads. The counts beside it are asked for again, at most every two seconds.
import { isOpen, refresh } from "./detail.js";
import { fragment } from "./html.js";
import { logOf } from "./log.js";
import { loadWhileScrolling } from "./older.js";
import { say } from "./page.js";
import { stopsOf } from "./stops.js";
import { localise } from "./times.js";

const SIDE_MS = 2000;

export function ledgerOf(root) {
  const rows = root.querySelector("[data-rows]");
  const scroller = root.querySelector("[data-scroller]");
  const pill = root.querySelector("[data-held]");
  const noun = root.dataset.scene === "messages" ? "message" : "conversation";
  const held = new Map();
  const stops = stopsOf(rows);
  const log = logOf(root);
  let paused = false;
  let newest = "";
  let due = 0;

  const reading = () => paused || scroller.scrollTop > 8 || (matchMedia("(max-width: 759px)").matches && scrollY > 8)
    || rows.contains(document.activeElement);

  function dress(item) {
    const link = item.querySelector(".row");
    link.tabIndex = link === document.activeElement ? 0 : -1;
    if (isOpen(item.id)) link.setAttribute("aria-current", "true");
  }

  function settle() {
    pill.hidden = held.size === 0;
    pill.querySelector("span").textContent = `${held.size} new ${noun}${held.size === 1 ? "" : "s"}, show ${held.size === 1 ? "it" : "them"}`;
    root.querySelector("[data-no-rows]").hidden = rows.querySelector("[data-row]") !== null || held.size > 0;
    stops.keep();
  }

  function show() {
    for (const item of held.values()) rows.prepend(item);
    held.clear();
    settle();
  }

  function swap(old, item) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(item);
    if (focused) item.querySelector(".row").focus({ preventScroll: true });
  }

  function put(item, stays) {
    localise(item);
    dress(item);
    const old = document.getElementById(item.id);
    if (isOpen(item.id)) reopen();
    if (old && !stays && !reading() && !isOpen(item.id)) old.remove();
    else if (old) swap(old, item);
    else if (!stays) held.delete(item.id);
    else {
      newest = item.querySelector(".row-when time").dateTime;
      held.set(item.id, item);
    }
  }

  async function reopen() {
    await refresh();
    const verdict = root.querySelector("[data-verdict] strong");
    if (verdict) say(verdict.textContent, { atOnce: true });
  }

  function forget({ n, through }) {
    const gone = (item) => (through ? Number(item.dataset.lastN) <= n : Number(item.dataset.lastN) === n);
    for (const item of root.querySelectorAll("[data-last-n]")) if (gone(item)) item.remove();
    for (const [id, item] of held) if (gone(item)) held.delete(id);
  }

  function apply(edit) {
    if (edit.op === "gone") return forget(edit);
    const item = fragment(edit.html).querySelector("li");
    return edit.place === "log" ? log?.put(item) : put(item, edit.op === "put");
  }

  async function askSide() {
    if (root.dataset.scene !== "messages" || due) return;
    due = setTimeout(async () => {
      const answer = await fetch(`${root.dataset.list}/side${location.search}`);
      due = 0;
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

  for (const item of rows.querySelectorAll("[data-row]")) dress(item);
  settle();
  if (root.dataset.scene === "messages") loadWhileScrolling(rows, `${root.dataset.list}/rows${location.search}`, dress);
  pill.addEventListener("click", show);

  return {
    noun,
    show,
    held: () => held.size,
    newestAt: () => newest,
    pause: (on) => { paused = on; if (!on) show(); },
    paused: () => paused,
    take(edits) {
      const before = held.size;
      for (const edit of edits) apply(edit);
      const fresh = Math.max(0, held.size - before);
      if (fresh > 0) say(`${fresh} new ${noun}${fresh === 1 ? "" : "s"}`);
      if (held.size && !reading()) show();
      else settle();
      if (edits.length) askSide();
      return fresh;
    },
  };
}
