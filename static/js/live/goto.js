// The box for a place in the list: a number or a time. The list itself goes there.
import { recall } from "../core/store.js";

const HELP = "Write a number like 39798, or a time like 21:04 or 2026-11-28 21:04.";

const go = (place) => document.dispatchEvent(new CustomEvent("smsbin:go", { detail: place }));

function attach(form) {
  const input = form.elements.namedItem("at");
  const problem = form.querySelector("[data-goto-problem]");

  function tell(text) {
    problem.textContent = text;
    input.ariaInvalid = String(Boolean(text));
  }

  form.addEventListener("submit", (event) => {
    const text = input.value.trim();
    const place = /^#?\d{1,18}$/.test(text) ? text.replace("#", "") : instantOf(text);
    event.preventDefault();
    if (!place) {
      tell(HELP);
      return input.select();
    }
    form.hidePopover();
    return go(place);
  });
  form.addEventListener("beforetoggle", (event) => {
    tell("");
    if (event.newState === "open") input.value = "";
  });
  for (const link of form.querySelectorAll("[data-to]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      form.hidePopover();
      go(link.dataset.to);
    });
  }
}

// The moment that a reader writes, as ISO in UTC: with a date, or the last time of that name. "" if there is no such time.
function instantOf(text) {
  const utc = recall("utc", false);
  const found = /^(?:(\d{4})-(\d\d)-(\d\d))?[T ]?(?:(\d\d?):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!found || !text) return "";
  const now = new Date();
  const today = utc ? [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()] : [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const [year, month, day] = found[1] ? found.slice(1, 4).map(Number) : today;
  const clock = found.slice(4).map((part) => Number(part ?? 0));
  const make = (on) => (utc ? new Date(Date.UTC(year, month - 1, on, ...clock)) : new Date(year, month - 1, on, ...clock));
  const at = make(day);
  const exists = (utc ? at.getUTCDate() : at.getDate()) === day && clock[0] < 24 && clock[1] < 60 && clock[2] < 60;
  if (!exists || month > 12) return "";
  return (found[1] || at <= now ? at : make(day - 1)).toISOString();
}

for (const form of document.querySelectorAll("[data-goto]")) attach(form);
