// The line to the server: one WebSocket, made again for ever after a break; polling where WebSockets are blocked.
import { ask, isUnreachable } from "../core/net.js";

const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
const POLL_MS = 3_000;
const GONE = 4404;
const SIGNED_OUT = 4401;

// A browser reports a socket that is closed before it is open as an error.
function end(socket) {
  socket.onmessage = null;
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else socket.close();
}

// `address(scheme)` is where to ask from the cursor, `take` gets each frame, `changed` is told when the state may have.
export function openLine({ address, take, changed }) {
  let socket = null;
  let everOpen = false;
  let failures = 0;
  let polling = false;
  let pollFailed = false;
  let gone = false;
  let brokenAt = 0;
  let due = 0;
  let timer = 0;
  let ticker = 0;

  const isOpen = () => socket?.readyState === WebSocket.OPEN;

  function connect() {
    clearTimeout(timer);
    clearInterval(ticker);
    const old = socket;
    const mine = new WebSocket(address(true));
    let opened = false;
    socket = mine;
    if (old) end(old);
    mine.onopen = () => {
      opened = everOpen = true;
      failures = 0;
      polling = false;
    };
    mine.onmessage = ({ data }) => take(JSON.parse(data));
    mine.onclose = ({ code }) => {
      if (mine !== socket) return undefined;
      if (code === SIGNED_OUT) return location.reload();
      gone = code === GONE;
      if (gone) return changed();
      if (opened) brokenAt ||= Date.now();
      failures += 1;
      if (!everOpen && failures >= 2) poll();
      return again();
    };
  }

  // Half of the wait is chance, so that a hundred viewers do not come back in one moment.
  function again() {
    const longest = Math.min(SHORTEST_MS * 2 ** failures, LONGEST_MS);
    due = Date.now() + longest * (0.5 + Math.random() / 2);
    changed();
    ticker = setInterval(changed, 1000);
    timer = setTimeout(connect, due - Date.now());
  }

  async function poll() {
    if (polling) return undefined;
    polling = true;
    while (polling) {
      try {
        const where = address(false).href;
        const answer = await ask(where, { headers: { Accept: "application/json" } });
        // Signed out, or the share has ended.
        if (answer.redirected || answer.status === 410) return location.reload();
        pollFailed = !answer.ok;
        if (isUnreachable(answer)) brokenAt ||= Date.now();
        // The filter may have changed meanwhile.
        if (answer.ok && where === address(false).href) for (const frame of JSON.parse(await answer.text()).frames) take(frame);
      } catch {
        pollFailed = true;
        brokenAt ||= Date.now();
      }
      changed();
      await new Promise((done) => { setTimeout(done, POLL_MS); });
    }
    return undefined;
  }

  function state() {
    if (gone) return ["Offline", "this bin was deleted"];
    if (!navigator.onLine) return ["Offline", "no network connection"];
    if (isOpen()) return ["Live", ""];
    if (polling) return pollFailed ? ["Reconnecting", "trying every 3 s"] : ["Polling", "every 3 s (WebSocket blocked)"];
    if (!failures) return null;
    return ["Reconnecting", `attempt ${failures}, next in ${Math.max(0, Math.ceil((due - Date.now()) / 1000))} s`];
  }

  addEventListener("online", connect);
  addEventListener("offline", changed);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !gone && socket.readyState > WebSocket.OPEN) connect();
  });
  connect();
  return {
    state,
    retry: connect,
    isOpen,
    transport: () => {
      if (isOpen()) return "WebSocket";
      return polling ? "Polling, every 3 s" : "not connected";
    },
    brokenAt: () => brokenAt,
    mended: () => { brokenAt = 0; },
  };
}
