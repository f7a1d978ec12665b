// Following a bin: one WebSocket, resumed from a cursor, for ever; polling where WebSockets are blocked.
import { listOf } from "./list.js";
import { showNotice, showStale, showState } from "./state.js";

const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
const POLL_MS = 3_000;
const STALE_MS = 30_000;

// The only way from text to HTML on our pages. What arrives was escaped by the server's templates.
const policy = window.trustedTypes?.createPolicy("smsbin", { createHTML: (html) => html });
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

export function follow(root) {
  const list = listOf(root);
  const version = document.documentElement.dataset.version;
  const pauseButton = root.querySelector("[data-pause]");
  const now = { after: Number(root.dataset.after), socket: null, failures: 0, opened: false, polling: false, lostAt: 0, target: 0, missed: 0, heard: Date.now(), timer: 0, ticker: 0, heldBack: 0 };

  function tell() {
    if (!navigator.onLine) return showState("Offline", "the network is away");
    if (list?.paused()) return showState("Paused", `${list.held()} held`);
    if (now.polling) return showState("Polling", "every 3 s (WebSocket blocked)");
    if (now.socket?.readyState !== WebSocket.OPEN) return undefined;
    if (now.after < now.target) return showState("Catching up", String(now.target - now.after));
    return showState("Live");
  }

  function take(frame) {
    now.heard = Date.now();
    showStale(false);
    if (frame.hello) {
      if (frame.hello.version !== version) showNotice("smsbin was updated.", { text: "Reload to update" });
      now.target = frame.hello.seq;
    }
    if (frame.reset !== undefined) return location.reload();
    if (frame.edits) {
      now.after = frame.after;
      if (root.dataset.empty !== undefined) return location.reload();
      const fresh = list.take(frame.edits);
      if (now.lostAt) now.missed += fresh;
    }
    if (now.lostAt && now.after >= now.target) {
      const seconds = Math.round((Date.now() - now.lostAt) / 1000);
      if (now.missed) showNotice(`Connection was lost for ${seconds} s; ${now.missed} request${now.missed === 1 ? "" : "s"} arrived while you were away.`);
      now.lostAt = 0;
      now.missed = 0;
    }
    return tell();
  }

  function address(scheme) {
    const url = new URL(`${root.dataset.live}/live?after=${now.after}`, location.href);
    if (scheme) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url;
  }

  function connect() {
    clearTimeout(now.timer);
    clearInterval(now.ticker);
    const socket = new WebSocket(address(true));
    let opened = false;
    now.socket = socket;
    socket.onopen = () => {
      opened = now.opened = true;
      now.failures = 0;
      now.polling = false;
    };
    socket.onmessage = ({ data }) => take(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (socket !== now.socket) return;
      if (code === 4404) return showState("Offline", "this bin is gone");
      if (code === 4401) return location.reload();
      now.lostAt ||= opened ? Date.now() : now.lostAt;
      now.failures += 1;
      if (!now.opened && now.failures >= 2) startPolling();
      return again();
    };
  }

  function again() {
    const longest = Math.min(SHORTEST_MS * 2 ** now.failures, LONGEST_MS);
    const due = Date.now() + longest * (0.5 + Math.random() / 2);
    const count = () => {
      if (now.polling || list?.paused()) return tell();
      if (!navigator.onLine) return tell();
      const left = Math.max(0, Math.ceil((due - Date.now()) / 1000));
      return showState("Reconnecting", `attempt ${now.failures}, next in ${left} s`, connect);
    };
    count();
    now.ticker = setInterval(count, 1000);
    now.timer = setTimeout(connect, due - Date.now());
  }

  async function startPolling() {
    if (now.polling) return;
    now.polling = true;
    while (now.polling) {
      try {
        const answer = await fetch(address(false), { headers: { Accept: "application/json" } });
        if (answer.redirected) return location.reload();
        if (answer.ok) for (const frame of (await answer.json()).frames) take(frame);
      } catch { /* away; the next turn tries again */ }
      await new Promise((done) => { setTimeout(done, POLL_MS); });
    }
    return undefined;
  }

  function awake() {
    if (document.visibilityState === "visible" && now.socket.readyState > WebSocket.OPEN) connect();
  }

  if (pauseButton && list) {
    pauseButton.hidden = false;
    pauseButton.addEventListener("click", () => {
      list.pause(!list.paused());
      pauseButton.querySelector("span").textContent = list.paused() ? "Resume" : "Pause";
      pauseButton.setAttribute("aria-pressed", String(list.paused()));
      tell();
    });
  }
  addEventListener("online", connect);
  addEventListener("offline", tell);
  document.addEventListener("visibilitychange", awake);
  document.addEventListener("smsbin:show", () => list?.show());
  setInterval(() => {
    const stale = Date.now() - now.heard > STALE_MS;
    showStale(stale);
    if (stale && now.socket?.readyState !== WebSocket.OPEN) showNotice("This list may be out of date: nothing was heard from the server for a while.");
  }, 5000);
  connect();
}
