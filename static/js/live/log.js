// A conversation: the newest at the bottom, in sight as long as the reader is there; the days in the reader's own zone.
import { replace } from "../core/focus.js";
import { fragment } from "../core/html.js";
import { askUntilReached } from "../core/net.js";
import { say } from "../core/page.js";
import { localise, timeOf } from "../core/times.js";

export function logOf(root) {
  const log = root.querySelector("[data-log]");
  if (!log) return null;
  const below = root.querySelector("[data-below]");
  let waiting = 0;

  const box = () => (log.scrollHeight > log.clientHeight + 1 ? log : document.scrollingElement);
  const atEnd = () => box().scrollHeight - box().scrollTop - box().clientHeight < 40;

  function toEnd() {
    box().scrollTop = box().scrollHeight;
    waiting = 0;
    below.hidden = true;
  }

  function separate() {
    for (const day of log.querySelectorAll(".day")) day.remove();
    let last = "";
    for (const item of log.querySelectorAll("[data-at]")) {
      const time = timeOf(item.dataset.at, "date");
      if (time.textContent === last) continue;
      last = time.textContent;
      const day = document.createElement("li");
      const words = document.createElement("span");
      day.className = "day";
      words.append(time);
      day.append(words);
      item.before(day);
    }
  }

  async function earlier(more) {
    if (more.dataset.busy) return;
    more.dataset.busy = "1";
    const answer = await askUntilReached(`${log.dataset.log}${log.dataset.log.includes("?") ? "&" : "?"}before=${more.dataset.earlier}`, { headers: { "X-Partial": "bubbles" } });
    if (!answer.ok) {
      delete more.dataset.busy;
      return;
    }
    const piece = fragment(await answer.text());
    const fromEnd = box().scrollHeight - box().scrollTop;
    // What had the focus is replaced: the next one of its kind gets it, or the first message.
    const next = more.contains(document.activeElement) ? piece.querySelector("[data-earlier] a") ?? piece.querySelector("a") : null;
    const count = piece.querySelectorAll("[data-at]").length;
    say(`${count} earlier message${count === 1 ? "" : "s"}`, { atOnce: true });
    localise(piece);
    more.replaceWith(piece);
    separate();
    box().scrollTop = box().scrollHeight - fromEnd;
    next?.focus({ preventScroll: true });
  }

  log.addEventListener("click", (event) => {
    const more = event.target.closest("[data-earlier]");
    if (!more) return;
    event.preventDefault();
    earlier(more);
  });
  below.addEventListener("click", toEnd);
  document.addEventListener("smsbin:zone", separate);
  separate();
  toEnd();

  return {
    put(item) {
      const old = document.getElementById(item.id);
      const stay = atEnd();
      localise(item);
      if (old) replace(old, item);
      else {
        const before = [...log.querySelectorAll("[data-at]")].filter((other) => other.dataset.at <= item.dataset.at).at(-1);
        if (before) before.after(item);
        else log.querySelector("[data-lines]").append(item);
        separate();
        say("New message");
        waiting += 1;
        below.querySelector("span").textContent = `${waiting} new message${waiting === 1 ? "" : "s"} below, show ${waiting === 1 ? "it" : "them"}`;
        below.hidden = stay;
      }
      if (stay) toEnd();
    },
  };
}
