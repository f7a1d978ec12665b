// The simulator: what will be sent, updated while the form is filled in; and a run, followed to its end.
import { fragment } from "../core/html.js";
import { ask, isUnreachable } from "../core/net.js";
import { filledIn, isPreview } from "../core/previews.js";
import { say } from "../core/page.js";
import { localise } from "../core/times.js";

const TYPING_MS = 250;
const LOOK_MS = 300;
const MOST_ROWS = 200;

let timer = 0;
let asked = 0;

async function preview(form) {
  const mine = ++asked;
  const address = `${form.dataset.simulate}?${new URLSearchParams(new FormData(form))}`;
  const answer = await ask(address, { headers: { "X-Partial": "preview" } });
  if (mine !== asked || !isPreview(answer)) return;
  const fresh = fragment(await answer.text());
  for (const part of fresh.querySelectorAll("[data-part]")) {
    document.querySelector(`main [data-part="${part.dataset.part}"]`).replaceChildren(...part.childNodes);
  }
}

// The list grows at its end and stays there, unless somebody has scrolled up to read.
function addRows(run, rows) {
  const scroller = run.querySelector("[data-run-scroller]");
  const place = run.querySelector("[data-run-rows]");
  const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 4;
  localise(rows);
  place.append(...rows.children);
  if (!atEnd) return;
  while (place.children.length > MOST_ROWS) place.firstElementChild.remove();
  scroller.scrollTop = scroller.scrollHeight;
}

async function look(run) {
  const answer = await ask(`${run.dataset.run}?after=${run.dataset.after}`);
  // Away for a moment is no end; a run that is forgotten is one.
  if (isUnreachable(answer) || answer.status >= 500) return true;
  if (answer.redirected) location.reload();
  if (!answer.ok || answer.redirected) return false;
  const fresh = fragment(await answer.text());
  const head = fresh.querySelector("[data-run-head]");
  run.dataset.after = head.dataset.after;
  run.querySelector("[data-run-head]").replaceChildren(...head.childNodes);
  addRows(run, fresh.querySelector("[data-run-rows]"));
  return head.dataset.running !== undefined;
}

async function follow(run) {
  while (await look(run)) await new Promise((done) => { setTimeout(done, LOOK_MS); });
  run.querySelector("[data-stop]").hidden = true;
  say(run.querySelector("[data-told]").textContent, { atOnce: true });
}

// A form that the server refused may be replaced by another one.
document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-simulate]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(preview, TYPING_MS, form);
});
for (const form of filledIn("[data-simulate]")) preview(form);
for (const run of document.querySelectorAll("[data-run]")) {
  const scroller = run.querySelector("[data-run-scroller]");
  scroller.scrollTop = scroller.scrollHeight;
  if (run.dataset.running !== undefined) follow(run);
}
