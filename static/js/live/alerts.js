// Alerts: those that fire stand on every page of the bin, and the browser shows their notices, if the user allows it.
import { fragment } from "../core/html.js";
import { say } from "../core/page.js";

// A notice that is older was made while no page was open, and is in the history.
const FRESH_MS = 60_000;
const KEY = "smsbin:alerts";

export function showAlerts(html) {
  for (const item of [...fragment(html).children]) document.getElementById(item.id)?.replaceWith(item);
  const lines = document.querySelectorAll("#alerts [data-alert-firing]");
  say([...lines].map((line) => line.textContent.trim()).join(" ") || "No alert fires");
  showNotices();
}

function shown() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

// Once in all tabs: each remembers the last number of each alert, and a tag replaces a notification that is already there.
function showNotices() {
  const last = shown();
  for (const { dataset } of document.querySelectorAll("#alerts [data-alert-notice]")) {
    const number = Number(dataset.number);
    if (number <= (last[dataset.alertNotice] ?? 0)) continue;
    last[dataset.alertNotice] = number;
    if (Notification.permission !== "granted" || Date.now() - Date.parse(dataset.at) > FRESH_MS) continue;
    const notification = new Notification(dataset.title, { body: dataset.text, tag: `${dataset.alertNotice}.${number}` });
    notification.onclick = () => {
      window.focus();
      location.href = dataset.link;
    };
  }
  try {
    localStorage.setItem(KEY, JSON.stringify(last));
  } catch { /* storage is full or blocked; a notification that is shown again replaces the first one */ }
}

const WORDS = {
  granted: "This browser shows notices while a page of smsbin is open.",
  denied: "This browser blocks notices of smsbin. Allow them in its settings for this site.",
  default: "This browser does not show notices yet.",
};

function tellPermission() {
  const button = document.querySelector("[data-alert-allow]");
  if (!button) return;
  button.hidden = Notification.permission !== "default";
  document.querySelector("[data-alert-permission]").textContent = WORDS[Notification.permission];
}

async function allow() {
  await Notification.requestPermission();
  tellPermission();
}

if ("Notification" in window) {
  document.addEventListener("click", ({ target }) => target.closest("[data-alert-allow]") && allow());
  tellPermission();
  showNotices();
}
