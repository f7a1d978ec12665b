// The time axis above the list. A bar tells its numbers; a bar, or a drag over several, puts their time into the filter. It follows
// new requests, but never while it is read.
import { fragment } from "../core/html.js";
import { ask } from "../core/net.js";
import { recall, remember } from "../core/store.js";
import { localise, timeOf } from "../core/times.js";
import { put, requestsText } from "./span.js";

const slot = document.querySelector("[data-axis-slot]");
const MINUTE_MS = 60_000;
// What is chosen: the first interval, and the one where the pointer or the keys are. `held`: the button is down. `next`: gets the focus.
let [first, here, held, next, timer] = [null, null, false, null, 0];

const axis = () => slot.querySelector("[data-axis]");
const plot = () => slot.querySelector("[data-axis-plot]");
const counts = () => axis().dataset.axisCounts.split(",").map((one) => one.split(" ").map(Number));
const count = () => counts().length;
const beginOf = (index) => new Date(Date.parse(axis().dataset.axisSince) + index * Number(axis().dataset.axisStep) * 1000).toISOString();
const ends = () => (first === null ? [here, here] : [Math.min(first, here), Math.max(first, here)]);
const isRead = () => held || slot.contains(document.activeElement) || slot.querySelector(".axis-numbers[open]") !== null
  || (matchMedia("(hover: hover)").matches && slot.matches(":hover"));

function indexAt(event) {
  const { left, width } = plot().getBoundingClientRect();
  return Math.min(count() - 1, Math.max(0, Math.floor((event.clientX - left) / width * count())));
}

// The numbers of what is chosen, in place of those of all.
function show() {
  const [from, to] = ends();
  const says = slot.querySelector("[data-axis-says]");
  const choice = slot.querySelector("[data-axis-choice]");
  says.all ??= [...says.childNodes];
  says.classList.toggle("of-one", here !== null);
  choice.setAttribute("width", here === null ? 0 : to - from + 1);
  if (here === null) return says.replaceChildren(...says.all);
  choice.setAttribute("x", from);
  const told = [timeOf(beginOf(from), "moment"), "–", timeOf(beginOf(to + 1), from === to ? "minute" : "moment"), `· ${requestsText(counts().slice(from, to + 1))}`];
  says.replaceChildren(...told);
  plot().setAttribute("aria-valuenow", here);
  return plot().setAttribute("aria-valuetext", told.map((part) => part.textContent ?? part).join(" "));
}

function forget() {
  [first, here, held] = [null, null, false];
  show();
}

function choose() {
  const [from, to] = ends();
  next = held ? null : plot;
  // The last interval has not ended: what arrives is shown, too.
  const isLast = to === count() - 1 && axis().dataset.axisOpen !== undefined;
  const written = (index) => beginOf(index).replace(":00.000", "");
  put(`after:${written(from)}${isLast ? "" : ` before:${written(to + 1)}`}`);
  forget();
}

const STEPS = {
  ArrowLeft: () => here - 1, ArrowDown: () => here - 1, ArrowRight: () => here + 1, ArrowUp: () => here + 1, Home: () => 0, End: () => count() - 1,
};

function press(event) {
  if (event.target !== plot() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") choose();
  else if (event.key === "Escape" && first !== null) first = null;
  else if (STEPS[event.key]) {
    first = event.shiftKey ? first ?? here : null;
    here = Math.min(count() - 1, Math.max(0, STEPS[event.key]()));
  } else return;
  event.preventDefault();
  if (here !== null) show();
}

// Without scripts it is a picture.
function arm() {
  const now = plot();
  if (now.getAttribute("role") === "slider") return;
  const label = now.getAttribute("aria-label");
  for (const [name, value] of Object.entries({ role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": count() - 1, "aria-valuenow": count() - 1, "aria-valuetext": label, "aria-label": "Time of requests" })) now.setAttribute(name, value);
  // It comes open, and was folded, or unfolded while it looked folded, before this script was loaded.
  if (!axis().open) remember("axis", !recall("axis", true));
  axis().open = recall("axis", true);
  delete document.documentElement.dataset.noAxis;
  localise(slot);
  next?.()?.focus({ preventScroll: true });
  next = null;
  if (axis().dataset.axisDue !== undefined) refresh();
}

// The axis as it is now; null if it is not available, or if the page has another one in the meantime.
async function load(...wanted) {
  const from = axis();
  const url = new URL(from.dataset.axisUrl, location.href);
  // Counting the matches took too long before.
  if (from.dataset.axisAll !== undefined) wanted.push("all");
  for (const name of wanted) url.searchParams.set(name, "");
  const answer = await ask(url);
  return answer.ok && !answer.redirected && axis() === from ? fragment(await answer.text()) : null;
}

async function refresh() {
  clearTimeout(timer);
  timer = 0;
  if (document.hidden || isRead() || !axis().open) return;
  const fresh = await load();
  if (fresh && !isRead()) slot.replaceChildren(fresh);
}

async function openNumbers(box) {
  const fresh = box?.open && (await load("numbers"))?.querySelector("[data-axis-numbers]");
  if (!fresh) return;
  box.querySelector("[data-axis-numbers]").replaceWith(fresh);
  localise(box);
}

if (slot) {
  slot.addEventListener("pointermove", (event) => {
    if (!held && !event.target.closest("[data-axis-plot]")) return;
    here = indexAt(event);
    show();
  });
  slot.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.closest("[data-axis-plot]")) return;
    plot().setPointerCapture(event.pointerId);
    held = true;
    first = here = indexAt(event);
    show();
  });
  slot.addEventListener("pointerup", () => held && choose());
  slot.addEventListener("pointercancel", forget);
  slot.addEventListener("pointerout", (event) => {
    if (!held && event.target.closest("[data-axis-plot]") && document.activeElement !== plot()) forget();
  });
  slot.addEventListener("focusin", (event) => {
    if (event.target !== plot() || held) return;
    here ??= count() - 1;
    show();
  });
  slot.addEventListener("focusout", () => !held && forget());
  slot.addEventListener("keydown", press);
  slot.addEventListener("click", (event) => {
    const link = event.target.closest("[data-axis-span]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // By the keyboard: under a pointer that has gone on, the axis goes on, too.
    if (!event.detail) next = () => [...slot.querySelectorAll("[data-axis-span]")].find((other) => other.textContent === link.textContent);
    put(link.dataset.axisSpan);
  });
  slot.addEventListener("toggle", ({ target }) => {
    if (target === axis()) remember("axis", target.open);
    else openNumbers(target);
  }, true);
  new MutationObserver(arm).observe(slot, { childList: true });
  document.addEventListener("smsbin:edits", () => { timer ||= setTimeout(refresh, Number(axis().dataset.axisEvery)); });
  setInterval(refresh, MINUTE_MS);
  arm();
  openNumbers(slot.querySelector(".axis-numbers"));
}
