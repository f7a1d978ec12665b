// Copying, announced when done. Without a secure context there is no clipboard API, so `execCommand` is used.
import { ask, warn } from "./net.js";
import { say } from "./page.js";

const SAID_MS = 2000;

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  const focused = document.activeElement;
  // Beside a dialog that is open nothing can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused.focus({ preventScroll: true });
  if (!done) throw new Error("The browser blocks copying.");
}

// Null, and told: there is no text.
async function textOf({ dataset }) {
  if (!dataset.copyFrom) return dataset.copy ?? new URL(dataset.copyLink, location.href).href;
  const answer = await ask(dataset.copyFrom);
  if (answer.redirected || answer.status === 401) location.reload();
  else if (answer.ok) return answer.text();
  else if (answer.status === 409) warn("Not copied: use curl, this request cannot be written otherwise.");
  else if (answer.status === 404) warn("Not copied: this was deleted.");
  else warn("Cannot reach smsbin, nothing was copied. Try again.");
  return null;
}

// The button shows "Copied" for two seconds.
function confirm(button) {
  if (button.classList.contains("copied")) return;
  const mark = button.querySelector("use");
  const word = button.querySelector("[data-word]");
  const before = [mark?.getAttribute("href"), word?.textContent];
  button.classList.add("copied");
  mark?.setAttribute("href", "#i-check");
  if (word) word.textContent = "Copied";
  setTimeout(() => {
    button.classList.remove("copied");
    mark?.setAttribute("href", before[0]);
    if (word) word.textContent = before[1];
  }, SAID_MS);
}

async function copyFrom(button) {
  let text = "";
  try {
    text = await textOf(button);
    if (text === null) return undefined;
    await copy(text);
  } catch {
    say("The browser blocks copying", { atOnce: true });
    window.prompt("Copy from here:", text);
    return undefined;
  }
  confirm(button);
  return say(`Copied${(button.getAttribute("aria-label") ?? "").replace(/^Copy/, ":")}`, { atOnce: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-link], [data-copy-from]");
  if (button) copyFrom(button);
});
