// "Open newest": off by default, and off again as soon as somebody picks a request by hand.
import { load } from "../core/detail.js";
import { say } from "../core/page.js";

const box = document.querySelector("[data-follow]");

async function openNewest() {
  // The first row is the newest one only where the list has no newer part.
  if (document.querySelector("[data-rows] > [data-newer]")) return;
  const link = document.querySelector("[data-rows] [data-n]:not([hidden]) .row");
  if (!link || !box.checked || link.getAttribute("aria-current")) return;
  history.replaceState(null, "", link.href);
  await load(link.href, { push: false, focus: false });
}

if (box) {
  box.addEventListener("change", () => box.checked && document.dispatchEvent(new CustomEvent("smsbin:show")));
  document.addEventListener("smsbin:rows", openNewest);
  document.addEventListener("smsbin:picked", () => {
    if (!box.checked) return;
    box.checked = false;
    say("No longer opening the newest request", { atOnce: true });
  });
}
