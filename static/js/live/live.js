// Following a bin: frames from the line become edits of the page, and the state is told in words.
import { openLine } from "./line.js";
import { attachPanel } from "./panel.js";
import { showNotice, showStale, showState } from "./state.js";
import { showStorage, storageKey } from "./storage.js";

const STALE_MS = 30_000;

// The scripts of lists are large, and a page has one of them at most.
async function listIn(root) {
  if (root.dataset.scene) return (await import("./ledger.js")).ledgerOf(root);
  return root.querySelector("[data-rows]") ? (await import("./list.js")).listOf(root) : null;
}

async function showFaults(html) {
  (await import("./faults.js")).showFaults(html);
}

async function showAlerts(html) {
  (await import("./alerts.js")).showAlerts(html);
}

async function showForwards(html) {
  (await import("./forwards.js")).showForwards(html);
}

async function follow(root) {
  const list = await listIn(root);
  const version = document.documentElement.dataset.version;
  const began = Date.now();
  const now = { after: Number(root.dataset.after), target: 0, missed: 0, heard: 0, last: root.dataset.lastAt ?? "", reading: "" };

  function address(scheme) {
    const key = (id) => document.getElementById(id)?.dataset.key ?? "";
    const url = new URL(`${root.dataset.live}/live?after=${now.after}&faults=${key("faults")}&alerts=${key("alerts")}&listeners=${key("listeners-lag")}&storage=${storageKey()}&${root.dataset.with}`, location.href);
    if (scheme) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url;
  }

  function live() {
    if (now.reading) return ["Live", now.reading];
    if (now.after < now.target) return ["Catching up", String(now.target - now.after)];
    if (!list) return ["Live", `connected for ${clock(Date.now() - began)}`];
    return now.last ? ["Live", "last request", now.last] : ["Live", ""];
  }

  function tell() {
    const state = line.state();
    if (!state) return;
    const [word] = state;
    if (list?.paused() && word !== "Offline") showState("Paused", `${list.held()} held`);
    else if (word === "Live") showState(...live());
    else showState(...state);
  }

  function take(frame) {
    now.heard = Date.now();
    showStale(false);
    if (frame.hello) {
      if (frame.hello.version !== version) showNotice("smsbin was updated.", { text: "Reload to update" });
      now.target = frame.hello.seq;
    }
    if (frame.reset !== undefined) return location.reload();
    if (frame.faults !== undefined) showFaults(frame.faults);
    if (frame.alerts !== undefined) showAlerts(frame.alerts);
    if (frame.storage !== undefined) now.reading = showStorage(frame.storage);
    if (frame.forwards) showForwards(frame.forwards);
    if (frame.edits) {
      now.after = frame.after;
      if (!list) return location.reload();
      const fresh = list.take(frame.edits);
      if (fresh) now.last = list.newestAt();
      if (line.brokenAt()) now.missed += fresh;
      document.dispatchEvent(new CustomEvent("smsbin:edits"));
    }
    if (line.brokenAt() && now.after >= now.target) mend();
    return tell();
  }

  function mend() {
    const seconds = Math.round((Date.now() - line.brokenAt()) / 1000);
    if (now.missed) showNotice(`Connection was lost for ${seconds} s; ${now.missed} ${list.noun ?? "request"}${now.missed === 1 ? "" : "s"} arrived in that time.`);
    line.mended();
    now.missed = 0;
  }

  function watchForSilence() {
    const stale = Date.now() - (now.heard || began) > STALE_MS;
    showStale(stale);
    if (stale && !line.isOpen()) showNotice("This list may be out of date: no contact with the server for a while.");
  }

  const line = openLine({ address, take, changed: tell });
  attachPanel({ ...line, last: () => now.last, heard: () => now.heard });
  if (list) attachPause(root, list, tell);
  else setInterval(tell, 1000);
  if (list?.replace) {
    root.addEventListener("smsbin:filtered", ({ detail }) => {
      list.replace(detail);
      now.after = Number(root.dataset.after);
      line.retry();
    });
  }
  document.addEventListener("smsbin:show", () => list?.show());
  setInterval(watchForSilence, 5000);
}

function attachPause(root, list, tell) {
  const button = root.querySelector("[data-pause]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    list.pause(!list.paused());
    button.querySelector("[data-pause-word]").textContent = list.paused() ? "Resume" : "Pause";
    button.querySelector("use").setAttribute("href", list.paused() ? "#i-play" : "#i-pause");
    tell();
  });
}

function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

await Promise.all([...document.querySelectorAll("[data-live]")].map(follow));
