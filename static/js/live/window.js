// The part of the list that the page has: consecutive rows in the order of their numbers, at most MOST_ROWS. Both ends load more
// while they are near the screen, and the rows at the other end leave. What is on the screen does not move.
import { endsOf, WORDS } from "./ends.js";
import { fragment } from "../core/html.js";
import { ask, warn } from "../core/net.js";
import { say } from "../core/page.js";
import { isPhone } from "../core/place.js";
import { localise } from "../core/times.js";

export const MOST_ROWS = 400;
const CURSORS = { newer: "after", older: "before" };
// How far from the screen an end loads: a second of holding the key "j".
const AHEAD = "1000px";
const TOP = 8;

const numberOf = (item) => Number(item.dataset.n);

// `address()` has the parts, `dress` gets each row that comes; `settled` follows every answer, or its failure.
export function windowOf(rows, scroller, { address, dress, settled }) {
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(nameOf(entry.target));
  }, { rootMargin: AHEAD, scrollMargin: AHEAD });
  // The request that is on its way: the answer of any other one is too late.
  let wanted = null;

  const { all, end, last, mark } = endsOf(rows);
  const nameOf = (item) => (item.dataset.newer === undefined ? "older" : "newer");
  const box = () => (isPhone() ? document.scrollingElement : scroller);

  function watch() {
    sight.disconnect();
    for (const item of rows.querySelectorAll(":scope > .more:not([data-failed])")) sight.observe(item);
  }

  // Rows come and leave; the first row on the screen stays where it is.
  function keep(change) {
    const edge = Math.max(0, scroller.getBoundingClientRect().top);
    const anchor = all().find((item) => item.getBoundingClientRect().bottom > edge);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) box().scrollTop += anchor.getBoundingClientRect().top - before;
  }

  function trim(name) {
    const list = all();
    const gone = name === "older" ? list.slice(MOST_ROWS) : list.slice(0, -MOST_ROWS);
    if (!gone.length) return;
    // An answer that is on its way would continue from a row that has left.
    wanted = null;
    if (gone.some((item) => item.contains(document.activeElement))) scroller.focus({ preventScroll: true });
    for (const item of gone) item.remove();
    if (name === "older") end("end")?.remove();
    if (end(name)) return;
    mark(name);
    watch();
  }

  // Rows by their numbers. Those beyond an end that has more rows are left out; that end will load them.
  function insert(items) {
    const list = all();
    const tail = end("older") ?? end("end");
    markTop(true);
    let at = 0;
    for (const item of [...items].sort((one, other) => numberOf(other) - numberOf(one))) {
      while (at < list.length && numberOf(list[at]) > numberOf(item)) at += 1;
      if (at === 0 && end("newer")) continue;
      if (at < list.length) list[at].before(item);
      else if (!list.length || !end("older")) rows.insertBefore(item, tail);
    }
  }

  async function request(values) {
    const url = new URL(address(), location.href);
    for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
    const mine = wanted = {};
    let piece = null;
    const answer = await ask(url);
    if (answer.redirected) location.reload();
    else if (answer.ok) piece = fragment(await answer.text());
    if (wanted !== mine) return undefined;
    wanted = null;
    if (piece) localise(piece);
    return piece;
  }

  async function load(name) {
    if (wanted || !end(name)) return;
    const list = all();
    const edge = name === "newer" ? list[0] : list.at(-1);
    const piece = await request({ [CURSORS[name]]: edge?.dataset.n ?? end(name).dataset[name] });
    if (piece === null) fail(name);
    else if (piece) keep(() => add(name, piece));
    settled();
    watch();
  }

  function add(name, piece) {
    const far = name === "newer" ? "older" : "newer";
    piece.querySelector(`[data-${far}]`)?.remove();
    if (name === "newer") piece.querySelector("[data-end]")?.remove();
    const items = [...piece.querySelectorAll("[data-n]")];
    for (const item of items) dress(item);
    const held = end(name).contains(document.activeElement);
    end(name).replaceWith(piece);
    if (held) items.at(name === "older" ? 0 : -1)?.querySelector(".row").focus({ preventScroll: true });
    trim(far);
  }

  function fail(name) {
    end(name).dataset.failed = "";
    end(name).querySelector(".btn").textContent = `${WORDS[name]}: not loaded. Try again`;
    say(`${WORDS[name]} could not be loaded`);
  }

  // Shows another part. Returns whether it came, and the row that it is around.
  async function jump(values) {
    const piece = await request(values);
    const chosen = piece?.querySelector("[autofocus]");
    if (piece === null) warn("The list could not be loaded. Try again.");
    put(piece);
    return { came: Boolean(piece), chosen };
  }

  // The rows of a part instead of those that are there; without one they stay. An answer that is on its way is too late.
  function put(piece) {
    markTop(false);
    if (piece) {
      wanted = null;
      piece.querySelector("[autofocus]")?.removeAttribute("autofocus");
      for (const item of piece.querySelectorAll("[data-n]")) dress(item);
      rows.replaceChildren(...piece.childNodes);
    }
    settled();
    watch();
  }

  // While rows arrive at the top, those below the screen need not be drawn: see `.rows.at-top`. They have been drawn once, so that
  // their heights are known. Before anything else moves, they are drawn again.
  const markTop = (on) => rows.classList.toggle("at-top", on && !isPhone() && scroller.scrollTop <= TOP);

  scroller.addEventListener("scroll", () => markTop(rows.classList.contains("at-top")), { passive: true });

  rows.addEventListener("click", (event) => {
    const more = event.target.closest("[data-newer], [data-older]");
    if (!more) return;
    event.preventDefault();
    load(nameOf(more));
  });
  watch();

  return {
    all, last, box, insert, keep, trim, jump, put,
    hasAll: (name) => !end(name),
    isLoading: () => wanted !== null,
  };
}
