// Deleting with ten seconds to think: the rows go at once, the request is sent when the time is up or the page is left.
import { close } from "./detail.js";
import { ask } from "./net.js";
import { say } from "./page.js";

const HOLD_MS = 10_000;
const waiting = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.undo === undefined) return;
  event.preventDefault();
  hold(form);
});
addEventListener("pagehide", () => waiting.forEach((one) => one.send()));

function hold(form) {
  const n = Number(form.dataset.undoN) || null;
  const text = form.dataset.undo;
  const item = document.createElement("li");
  const words = document.createElement("span");
  const button = document.createElement("button");
  item.className = "notice calm";
  words.textContent = text;
  button.type = "button";
  button.className = "btn";
  button.textContent = "Undo";
  item.append(words, button);
  const one = { send, timer: 0 };

  function hide(on) {
    if (n) document.dispatchEvent(new CustomEvent("smsbin:hide", { detail: { n, on } }));
    else form.hidden = on;
    form.dispatchEvent(new CustomEvent("smsbin:undo", { bubbles: true, detail: { on } }));
  }

  function wait() {
    clearTimeout(one.timer);
    one.timer = setTimeout(send, HOLD_MS);
  }

  async function send() {
    if (!waiting.delete(one)) return;
    clearTimeout(one.timer);
    button.remove();
    try {
      const answer = await ask(form.action, { method: "POST", keepalive: true, redirect: "manual", body: new URLSearchParams() });
      if (answer.type !== "opaqueredirect" && answer.status !== 404) throw new Error(String(answer.status));
      if (n) item.remove();
    } catch {
      hide(false);
      words.textContent = `Not deleted: smsbin could not be reached, or refused. ${n ? `#${n} is` : form.dataset.undoKept ?? "The requests are"} still here.`;
      words.className = "bad";
      say(words.textContent, { atOnce: true });
    }
  }

  button.addEventListener("click", () => {
    waiting.delete(one);
    clearTimeout(one.timer);
    item.remove();
    hide(false);
    say("Undone", { atOnce: true });
  });
  // Nobody is hurried while the button is in hand.
  button.addEventListener("focus", () => clearTimeout(one.timer));
  button.addEventListener("blur", () => waiting.has(one) && wait());

  waiting.add(one);
  document.querySelector("[data-undo-place]").append(item);
  if (n) close();
  hide(true);
  wait();
  say(`${text} You can undo this for 10 seconds.`, { atOnce: true });
}
