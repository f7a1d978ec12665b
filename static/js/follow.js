// "Open newest": off by default, and off again as soon as somebody picks a request by hand.
import { load } from "./detail.js";
import { say } from "./page.js";

const button = document.querySelector("[data-follow]");

function turn(on) {
  if (on === (button.getAttribute("aria-pressed") === "true")) return;
  button.setAttribute("aria-pressed", String(on));
  say(on ? "Opening the newest request" : "No longer opening the newest request", { atOnce: true });
}

async function openNewest() {
  const link = document.querySelector("[data-rows] [data-n]:not([hidden]) .row");
  if (!link || button.getAttribute("aria-pressed") !== "true" || link.getAttribute("aria-current")) return;
  history.replaceState(null, "", link.href);
  await load(link.href, { push: false, focus: false });
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    turn(button.getAttribute("aria-pressed") !== "true");
    openNewest();
  });
  document.addEventListener("smsbin:rows", openNewest);
  document.addEventListener("smsbin:picked", () => turn(false));
}
