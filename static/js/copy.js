// Copying: every value, said when done. Without a secure context the clipboard API is missing; the old way still works.
import { say } from "./page.js";

export async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser does not let this page copy.");
}

async function copyFrom(button) {
  const text = button.dataset.copy ?? new URL(button.dataset.copyLink, location.href).href;
  try {
    await copy(text);
    say("Copied");
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 2000);
  } catch {
    say("Copying is blocked by the browser");
    window.prompt("Copy from here:", text);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-link]");
  if (button) copyFrom(button);
});
