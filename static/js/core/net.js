// Every request of the scripts. A server that cannot be reached is an answer, too: `ok` is false and `type` "error",
// so that no caller can forget to catch it. The body has been read, because the connection can break within it.
// 502 and 504 are of a proxy that cannot reach it.
const RETRY_MS = 2_000;
const SHOWN_MS = 8_000;
const GONE = { ok: false, status: 0, type: "error", redirected: false, url: "", text: async () => "" };
let waiting = 0;
let timer = 0;

export async function ask(address, options) {
  try {
    const answer = await fetch(address, options);
    const { ok, status, type, redirected, url } = answer;
    const body = await answer.text();
    if (status === 502 || status === 504) return GONE;
    return { ok, status, type, redirected, url, text: async () => body };
  } catch {
    return GONE;
  }
}

export const isUnreachable = (answer) => answer === GONE;

// For what a reader asked for by a click: tried until smsbin answers, which the page says. `wanted` is whether the
// reader still waits for it; null: no more.
export async function askUntilReached(address, options, wanted = () => true) {
  let answer = await ask(address, options);
  if (!isUnreachable(answer)) return answer;
  waiting += 1;
  show("Cannot reach smsbin, retrying…");
  while (isUnreachable(answer) && wanted()) {
    await new Promise((done) => { setTimeout(done, RETRY_MS); });
    if (wanted()) answer = await ask(address, options);
  }
  waiting -= 1;
  if (!waiting) hide();
  return isUnreachable(answer) ? null : answer;
}

// A place on the page that shows one answer at a time: null for one that came after a later one, or after a drop.
export function latestOf() {
  let asked = 0;
  let latest = 0;
  return {
    async ask(address, options) {
      const mine = ++asked;
      const answer = await askUntilReached(address, options, () => mine === asked && mine > latest);
      if (mine <= latest) return null;
      if (answer) latest = mine;
      return answer;
    },
    drop() { latest = asked; },
  };
}

// For what is not tried again by itself.
export function warn(text) {
  show(text);
  timer = setTimeout(hide, SHOWN_MS);
}

function show(text) {
  clearTimeout(timer);
  let notice = document.querySelector("[data-unreachable]");
  if (!notice) {
    notice = document.createElement("p");
    notice.className = "unreachable";
    notice.dataset.unreachable = "";
    notice.setAttribute("role", "alert");
    document.body.append(notice);
  }
  notice.textContent = text;
}

function hide() {
  document.querySelector("[data-unreachable]")?.remove();
}
