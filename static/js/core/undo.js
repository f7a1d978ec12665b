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
  deleteBy(form);
});
addEventListener("pagehide", () => waiting.forEach((one) => one.leave()));

const rowOf = (n) => document.getElementById(`capture-${n}`);

// The row that takes the place of a row, or the first one.
function rowAfter(row) {
  const rows = [...document.querySelectorAll("[data-rows] [data-n]:not([hidden])")];
  const at = rows.indexOf(row);
  return rows[at + 1] ?? rows[at - 1];
}

const focusOn = (place) => place?.focus({ preventScroll: true });

function deleteBy(form) {
  const n = Number(form.dataset.undoN) || null;
  const next = n && rowAfter(rowOf(n));
  if (n) close();

  async function send() {
    const answer = await ask(form.action, { method: "POST", headers: { "X-Partial": "undo" }, keepalive: true, redirect: "manual", body: new URLSearchParams() });
    if (answer.type === "opaqueredirect" || answer.status === 404) return null;
    return `Not deleted: ${answer.status === 401 ? "you are signed out" : "smsbin could not be reached, or refused"}. ${n ? `#${n} is` : form.dataset.undoKept ?? "The requests are"} still here.`;
  }

  offerUndo(form.dataset.undo, {
    hide(on) {
      if (n) document.dispatchEvent(new CustomEvent("smsbin:hide", { detail: { n, on } }));
      else form.hidden = on;
      form.dispatchEvent(new CustomEvent("smsbin:undo", { bubbles: true, detail: { on } }));
    },
    send,
    leave: send,
    back: () => focusOn(n ? rowOf(n)?.querySelector(".row") : form.querySelector("button")),
    stays: !n,
  });
  // The focus was on the row that is hidden now.
  if (next) focusOn(next.querySelector(".row"));
}

// `hide` hides what will be deleted, or shows it again. `send` deletes it, may tell its progress in the element that it gets,
// and returns the problem or null. `leave` does the same while the page is left. `back` moves the focus to what is shown again.
// `stays`: the line stays when it is done.
export function offerUndo(text, { hide, send, leave, back, stays = false }) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const button = document.createElement("button");
  item.className = "notice calm";
  words.textContent = text;
  button.type = "button";
  button.className = "btn";
  button.textContent = "Undo";
  item.append(words, button);
  const one = { leave, timer: 0 };
  let held = true;

  function wait() {
    clearTimeout(one.timer);
    one.timer = setTimeout(run, HOLD_MS);
  }

  async function run() {
    held = false;
    button.remove();
    const problem = await send(words);
    waiting.delete(one);
    if (!problem) {
      if (!stays) item.remove();
      return;
    }
    hide(false);
    words.textContent = problem;
    words.className = "bad";
    say(problem, { atOnce: true });
  }

  button.addEventListener("click", () => {
    waiting.delete(one);
    clearTimeout(one.timer);
    item.remove();
    hide(false);
    back();
    say("Undone", { atOnce: true });
  });
  // Nobody is hurried while the button is in hand.
  button.addEventListener("focus", () => clearTimeout(one.timer));
  button.addEventListener("blur", () => held && waiting.has(one) && wait());

  waiting.add(one);
  document.querySelector("[data-undo-place]").append(item);
  hide(true);
  wait();
  say(`${text} You can undo this for 10 seconds.`, { atOnce: true });
}
