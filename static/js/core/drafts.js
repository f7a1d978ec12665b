// The notes and the preview of a form are updated while the user types.
import { bodyOf } from "./forms.js";
import { fragment } from "./html.js";
import { ask } from "./net.js";
import { filledIn, isPreview } from "./previews.js";

const PAUSE_MS = 250;
let timer = 0;
let asked = 0;

async function refresh(form) {
  const mine = asked += 1;
  const answer = await ask(form.dataset.draft, { method: "POST", body: bodyOf(form) });
  // A form that was sent meanwhile is replaced by another one.
  if (mine !== asked || !form.isConnected || !isPreview(answer)) return;
  for (const piece of [...fragment(await answer.text()).children]) {
    const old = document.getElementById(piece.id);
    if (old && !old.isEqualNode(piece) && !old.contains(document.activeElement)) old.replaceWith(piece);
    const wrong = Boolean(piece.querySelector(".bad"));
    for (const field of form.querySelectorAll(`[aria-describedby="${piece.id}"]`)) field.ariaInvalid = String(wrong);
  }
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-draft]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh(form), PAUSE_MS);
});

for (const form of filledIn("[data-draft]")) refresh(form);
