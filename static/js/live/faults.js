// Faults on purpose: what is on stands on every page, live, and the time that is left is counted down.
import { fragment } from "../core/html.js";
import { say } from "../core/page.js";

const banner = () => document.getElementById("faults");
const ends = new WeakMap();

export function showFaults(html) {
  for (const item of [...fragment(html).children]) {
    const old = document.getElementById(item.id);
    if (!old) continue;
    const held = old.contains(document.activeElement) ? document.activeElement.form?.action : null;
    old.replaceWith(item);
    if (held) ([...item.querySelectorAll("form")].find((form) => form.action === held)?.querySelector("button") ?? document.getElementById("main")).focus();
  }
  count();
  say([...banner().querySelectorAll("p")].map((line) => line.textContent).join(" ") || "All faults have stopped");
}

// From the seconds that the server told: its clock and this one need not agree.
function count() {
  for (const time of document.querySelectorAll("[data-left]")) {
    if (!ends.has(time)) ends.set(time, performance.now() + time.dataset.left * 1000);
    time.textContent = words(Math.max(0, Math.ceil((ends.get(time) - performance.now()) / 1000)));
  }
}

function words(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

if (banner()) setInterval(count, 1000);
