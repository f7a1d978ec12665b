// Parts of a page that change by themselves, by id. They are asked for again until the page has none that wants it.
import { replace } from "../core/focus.js";
import { fragment } from "../core/html.js";
import { ask } from "../core/net.js";
import { localise } from "../core/times.js";

const shown = new Map();

async function look(address) {
  const answer = await ask(address, { headers: { "X-Partial": "parts" } });
  if (!answer.ok || answer.redirected) return;
  for (const part of [...fragment(await answer.text()).children]) {
    const old = document.getElementById(part.id);
    if (!old || shown.get(part.id)?.isEqualNode(part)) continue;
    shown.set(part.id, part.cloneNode(true));
    localise(part);
    replace(old, part);
  }
}

async function watch() {
  for (;;) {
    const root = document.querySelector("[data-again]");
    if (!root) return;
    await new Promise((done) => { setTimeout(done, Number(root.dataset.every)); });
    if (document.visibilityState === "visible") await look(root.dataset.again);
  }
}

watch();
