// Two requests picked for the comparison: with "x" in the list, or by the button of the open one.
import { say } from "./page.js";

const bar = document.querySelector("[data-picks]");
const picked = [];
export const isPicked = (n) => picked.includes(n);

// At most two: a third takes the place of the first.
function pick(n) {
  if (isPicked(n)) picked.splice(picked.indexOf(n), 1);
  else picked.push(n);
  if (picked.length > 2) picked.shift();
  show();
  say(bar.querySelector("[data-picks-say]").textContent, { atOnce: true });
}

function show() {
  const [one, other] = [...picked].sort((a, b) => a - b);
  const link = bar.querySelector("[data-picks-go]");
  bar.hidden = !picked.length;
  bar.querySelector("[data-picks-say]").textContent = other ? `#${one} and #${other} picked` : `#${one} picked, pick one more`;
  link.hidden = !other;
  link.href = `${bar.dataset.picks}/${one}/${other}`;
  for (const item of document.querySelectorAll("[data-rows] [data-n]")) item.querySelector(".row").classList.toggle("picked", isPicked(Number(item.dataset.n)));
  for (const button of document.querySelectorAll("[data-pick]")) button.setAttribute("aria-pressed", isPicked(Number(button.dataset.pick)));
}

export function pickRow() {
  const n = document.activeElement.closest?.("[data-n]")?.dataset.n ?? document.querySelector("[data-open]")?.dataset.n;
  if (bar && n) pick(Number(n));
}

export function comparePicked() {
  if (bar && picked.length === 2) location.assign(bar.querySelector("[data-picks-go]").href);
  else if (bar) say("Pick two requests with x first", { atOnce: true });
}

if (bar) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button) pick(Number(button.dataset.pick));
    if (event.target.closest("[data-picks-none]")) {
      picked.length = 0;
      show();
    }
  });
  document.addEventListener("smsbin:rows", show);
}
