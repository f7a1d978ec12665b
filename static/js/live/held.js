// Nothing moves under the reader: new rows are held back while somebody reads, behind one line that shows them.
import { say } from "../core/page.js";

// `lay` makes a row of what is held, `apply` takes one edit; `settle` follows every change, `trim` and `shown` a showing.
export function heldOf(root, rows, noun, { row, lay, apply, settle, trim, shown }) {
  const scroller = root.querySelector("[data-scroller]");
  const pill = root.querySelector("[data-held]");
  const held = new Map();
  let paused = false;

  const reading = () => paused || scroller.scrollTop > 8 || (matchMedia("(max-width: 759px)").matches && scrollY > 8)
    || rows.contains(document.activeElement);

  function count() {
    const one = held.size === 1;
    pill.hidden = held.size === 0;
    pill.querySelector("span").textContent = `${held.size} new ${noun}${one ? "" : "s"}, show ${one ? "it" : "them"}`;
    root.querySelector("[data-no-rows]").hidden = rows.querySelector(row) !== null || held.size > 0;
    settle();
  }

  function show() {
    // In their order: a Map keeps it, and the newest ends up on top.
    for (const value of held.values()) rows.prepend(lay(value));
    held.clear();
    trim?.();
    count();
    shown?.();
  }

  function take(edits) {
    const before = held.size;
    for (const edit of edits) apply(edit);
    const fresh = Math.max(0, held.size - before);
    if (fresh > 0) say(`${fresh} new ${noun}${fresh === 1 ? "" : "s"}`);
    if (held.size && !reading()) show();
    else count();
    return fresh;
  }

  pill.addEventListener("click", show);
  return {
    rows: held, reading, count, show, take,
    pause: (on) => { paused = on; if (!on) show(); },
    paused: () => paused,
  };
}

// A row that changed takes the place of the old one, and its focus.
export function swap(old, item) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(item);
  if (focused) item.querySelector(".row").focus({ preventScroll: true });
}
