// A drill that is under way: its part of the page is asked for again until it has ended.
import { fragment } from "../core/html.js";

const EVERY_MS = 700;
let shown = "";

async function look(address) {
  const answer = await fetch(address, { headers: { "X-Partial": "drill" } });
  const html = answer.ok ? await answer.text() : shown;
  if (html === shown) return;
  shown = html;
  document.getElementById("drill")?.replaceWith(fragment(html));
}

async function watch() {
  for (;;) {
    const address = document.querySelector("[data-drill]")?.dataset.drill;
    if (!address) return;
    await new Promise((done) => setTimeout(done, EVERY_MS));
    // Away from the network it simply asks again.
    if (document.visibilityState === "visible") await look(address).catch(() => {});
  }
}

watch();
