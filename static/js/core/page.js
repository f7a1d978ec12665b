// What every page has: the theme switch, the help, and one polite voice for screen readers.
// For those who may only read: the server refuses what these would send.
function disableForms() {
  for (const form of document.querySelectorAll("[data-read-only] form[method=post]:not([data-reads])")) {
    for (const element of form.elements) element.disabled = true;
  }
}
disableForms();
document.addEventListener("smsbin:shown", disableForms);

const THEMES = ["auto", "light", "dark"];
let queued = null;
let lastSaid = 0;

// At most one announcement in 5 seconds; the latest wins. What the reader did is answered at once.
export function say(text, { atOnce = false } = {}) {
  const voice = document.querySelector("[data-say]");
  clearTimeout(queued);
  queued = setTimeout(() => {
    voice.textContent = text;
    lastSaid = Date.now();
  }, atOnce ? 0 : Math.max(0, lastSaid + 5000 - Date.now()));
}

export function openHelp() {
  document.querySelector("[data-help-box]")?.showModal();
}

function showTheme(button) {
  button.textContent = `Theme: ${document.documentElement.dataset.theme ?? "auto"}`;
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  showTheme(button);
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "auto";
    const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === "auto") localStorage.removeItem("smsbin:theme");
      else localStorage.setItem("smsbin:theme", next);
    } catch { /* holds for this page */ }
    showTheme(button);
  });
}
if (/Mac|iP(hone|ad)/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-ctrl-key]")) key.textContent = "⌘ K";
}
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", openHelp);
}
document.querySelector("[data-help-close]")?.addEventListener("click", (event) => event.target.closest("dialog").close());
