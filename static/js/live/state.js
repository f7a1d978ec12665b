// The live state, in words. A dot alone would be colour alone.
import { say } from "../core/page.js";
import { timeOf } from "../core/times.js";

const LOOKS = { Live: "", "Catching up": "waiting", Reconnecting: "waiting", Polling: "waiting", Paused: "paused", Offline: "off" };
let spoken = "Live";
let shown = "";

// `at`: a moment that `detail` leads up to, told as an age.
export function showState(word, detail = "", at = "") {
  const now = [word, detail, at].join("|");
  if (now === shown) return;
  shown = now;
  for (const place of document.querySelectorAll("[data-live-state]")) {
    place.classList.remove("off", "waiting", "paused");
    if (LOOKS[word]) place.classList.add(LOOKS[word]);
    place.querySelector("b").textContent = word;
    place.querySelector("[data-live-detail]").replaceChildren(detail, ...(at ? [" ", timeOf(at, "ago")] : []));
  }
  for (const button of document.querySelectorAll("[data-retry]")) button.hidden = word !== "Reconnecting";
  if (word !== spoken) say(word);
  spoken = word;
}

export function showStale(stale) {
  for (const list of document.querySelectorAll(".list")) {
    list.classList.toggle("stale", stale);
  }
}

export function showNotice(text, link = null) {
  for (const place of document.querySelectorAll("[data-away]")) {
    place.hidden = !text;
    place.textContent = text;
    if (!text) continue;
    const button = document.createElement(link ? "a" : "button");
    button.className = "btn end";
    button.textContent = link ? link.text : "Dismiss";
    if (link) button.href = location.href;
    else button.addEventListener("click", () => showNotice(""));
    place.append(button);
  }
}
