// The far end of the list: older rows by key while scrolling, and no more rows in the page than it needs.
import { fragment } from "../core/html.js";
import { ask } from "../core/net.js";
import { recall, remember } from "../core/store.js";
import { localise, timeOf } from "../core/times.js";

const MOST_ROWS = 400;
const DAY_MS = 86_400_000;

export function loadWhileScrolling(rows, address, dress) {
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(entry.target);
  }, { rootMargin: "300px" });

  async function load(more) {
    if (more.dataset.busy) return;
    more.dataset.busy = "1";
    const url = new URL(address, location.href);
    url.searchParams.set("before", more.dataset.older);
    const answer = await ask(url);
    if (!answer.ok) {
      delete more.dataset.busy;
      return;
    }
    const piece = fragment(await answer.text());
    localise(piece);
    for (const item of piece.querySelectorAll("[data-row]")) {
      // What changed meanwhile stands above already.
      if (document.getElementById(item.id)) item.remove();
      else dress(item);
    }
    more.replaceWith(piece);
    watch();
  }

  function watch() {
    const more = rows.querySelector("[data-older]");
    if (more) sight.observe(more);
  }

  rows.addEventListener("click", (event) => {
    const more = event.target.closest("[data-older]");
    if (!more) return;
    event.preventDefault();
    load(more);
  });
  watch();
}

// Only called when rows were put on top, so the reader is at the top and the far end is out of sight.
export function trim(rows) {
  const all = rows.querySelectorAll("[data-n]");
  if (all.length <= MOST_ROWS) return;
  for (const item of [...all].slice(MOST_ROWS)) item.remove();
  rows.querySelector(":scope > .mark:last-child")?.remove();
  let more = rows.querySelector("[data-older]");
  if (!more) {
    more = document.createElement("li");
    more.className = "more";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn bare";
    button.textContent = "Older requests";
    more.append(button);
    rows.append(more);
  }
  more.dataset.older = all[MOST_ROWS - 1].dataset.n;
}

// A visit ends when the page is left; what came later stands above the line.
export function markLastVisit(rows, bin) {
  const name = `visit:${bin}`;
  const visit = recall(name, null);
  addEventListener("pagehide", () => {
    const newest = Number(rows.querySelector("[data-n]")?.dataset.n ?? 0);
    remember(name, { n: Math.max(newest, visit?.n ?? 0), at: new Date().toISOString() });
  });
  const first = visit && [...rows.querySelectorAll("[data-n]")].find((item) => Number(item.dataset.n) <= visit.n);
  if (!first?.previousElementSibling?.dataset.n) return;
  const mark = document.createElement("li");
  const words = document.createElement("span");
  mark.className = "mark";
  words.append("↑ New since your last visit, ", timeOf(visit.at, Date.now() - new Date(visit.at) < DAY_MS ? "minute" : "time"));
  mark.append(words);
  first.before(mark);
}
