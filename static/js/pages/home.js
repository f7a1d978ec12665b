// How many requests of each bin this browser has not shown yet.
import { recall } from "../core/store.js";

for (const cell of document.querySelectorAll("[data-new-of]")) {
  const kept = recall(`seen:${cell.dataset.newOf}`, null);
  const last = Number(cell.dataset.last);
  const fresh = kept ? Math.max(0, last - kept.mark - kept.read.length) + kept.unread.length : last;
  cell.textContent = fresh ? fresh.toLocaleString("en") : "";
}
