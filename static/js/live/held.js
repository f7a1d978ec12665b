// Nothing moves under the reader: new rows are held back while somebody reads, behind one line that shows them.
import { say } from "../core/page.js";
import { isPhone } from "../core/place.js";

// `apply` takes one edit; `lay` puts what is held into the list, and may take its time; `settle` follows every change, and
// `elsewhere` is whether the list shows another part than its top.
export function heldOf(root, rows, noun, { row, apply, lay, settle, elsewhere = () => false }) {
  const scroller = root.querySelector("[data-scroller]");
  const pill = root.querySelector("[data-held]");
  const held = new Map();
  let paused = false;

  // The line of what is held takes its height from the rows below it, and so scrolls them by as much.
  const isScrolled = (top) => top > 8 + pill.offsetHeight;
  const reading = () => paused || elsewhere() || isScrolled(scroller.scrollTop)
    || (isPhone() && isScrolled(scrollY)) || rows.contains(document.activeElement);

  function count() {
    const one = held.size === 1;
    if (!held.size && pill.contains(document.activeElement)) scroller.focus({ preventScroll: true });
    pill.hidden = held.size === 0;
    pill.querySelector("span").textContent = `${held.size} new ${noun}${one ? "" : "s"}, show ${one ? "it" : "them"}`;
    root.querySelector("[data-no-rows]").hidden = rows.querySelector(row) !== null || held.size > 0;
    settle();
  }

  async function show() {
    await lay(held);
    count();
  }

  async function showAtTop() {
    await show();
    (isPhone() ? document.scrollingElement : scroller).scrollTop = 0;
  }

  // The rows that are being read stay; new ones are held behind their line.
  function pause(on) {
    paused = on;
    if (on || reading()) count();
    else show();
  }

  function take(edits) {
    const before = held.size;
    // Before the edits, as afterwards the answer would cost a layout.
    const stays = reading();
    for (const edit of edits) apply(edit);
    const fresh = Math.max(0, held.size - before);
    if (fresh > 0) say(`${fresh} new ${noun}${fresh === 1 ? "" : "s"}`);
    if (held.size && !stays) show();
    else count();
    return fresh;
  }

  pill.addEventListener("click", showAtTop);
  return {
    rows: held, reading, count, take,
    show: showAtTop,
    pause,
    paused: () => paused,
  };
}

// A row that changed takes the place of the old one, and its focus.
export function swap(old, item) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(item);
  if (focused) item.querySelector(".row").focus({ preventScroll: true });
}
