// The live state, in words. A dot alone would be colour alone.
import { say } from "./page.js";

const LOOKS = { Live: "", "Catching up": "waiting", Reconnecting: "waiting", Polling: "waiting", Paused: "paused", Offline: "off" };
let spoken = "Live";

export function showState(word, detail = "", retry = null) {
  for (const place of document.querySelectorAll("[data-live-state]")) {
    const box = document.createElement("span");
    box.className = `live ${LOOKS[word]}`;
    const bold = document.createElement("b");
    bold.textContent = word;
    box.append(bold);
    if (detail) {
      const more = document.createElement("span");
      more.className = "muted desk";
      more.textContent = detail;
      box.append(" ", more);
    }
    if (retry) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn bare";
      button.textContent = "Retry now";
      button.addEventListener("click", retry);
      box.append(button);
    }
    place.replaceChildren(box);
  }
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
