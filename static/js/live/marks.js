// Lines between rows: where the last visit ended, and the place that was searched for. Each is above the first row with a number
// below its own, wherever the rows around it are in the page.
import { recall, remember } from "../core/store.js";
import { timeOf } from "../core/times.js";

const DAY_MS = 86_400_000;

export function marksOf(rows, bin) {
  const visit = visitOf(rows, bin);
  let place = null;

  function settle() {
    place = rows.querySelector("[data-place]") ?? place;
    if (!visit && !place) return;
    const list = [...rows.querySelectorAll("[data-n]")];
    for (const mark of [visit, place]) if (mark) put(mark, list);
  }

  // At an end of the list a place has no row on one side; at an end of what is loaded it would be in the wrong spot.
  function put(mark, list) {
    const at = list.findIndex((item) => Number(item.dataset.n) < Number(mark.dataset.mark));
    const ends = at === 0 ? "newer" : at < 0 && "older";
    if (ends && (mark === visit || rows.querySelector(`:scope > [data-${ends}]`))) mark.remove();
    else if (at >= 0 && list[at].previousElementSibling !== mark) list[at].before(mark);
    else if (at < 0 && list.length && list.at(-1).nextElementSibling !== mark) list.at(-1).after(mark);
  }

  settle();
  return { settle, forgetPlace: () => { place = null; } };
}

// A visit ends when the page is left; what came later is above the line.
function visitOf(rows, bin) {
  const name = `visit:${bin}`;
  const visit = recall(name, null);
  addEventListener("pagehide", () => {
    const newest = Number(rows.querySelector("[data-n]")?.dataset.n ?? 0);
    remember(name, { n: Math.max(newest, visit?.n ?? 0), at: new Date().toISOString() });
  });
  if (!visit) return null;
  const mark = document.createElement("li");
  const words = document.createElement("span");
  mark.className = "mark";
  mark.dataset.mark = visit.n + 1;
  words.append("↑ New since your last visit, ", timeOf(visit.at, Date.now() - new Date(visit.at) < DAY_MS ? "minute" : "time"));
  mark.append(words);
  return mark;
}
