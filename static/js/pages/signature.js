// The signature that a user's code computed: what is wrong with it is shown where the reader is.
import { putAt } from "../core/detail.js";
import { ask } from "../core/net.js";
import { say } from "../core/page.js";

async function explain(form) {
  const from = location.href;
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  const answer = await ask(form.action, { method: "POST", body, headers: { "X-Partial": "detail" } });
  button.disabled = false;
  if (!answer.ok) return say("smsbin cannot be reached, or the request was deleted", { atOnce: true });
  if (answer.redirected) return location.reload();
  if (!putAt(from, await answer.text())) return undefined;
  const fresh = document.querySelector("[data-in-place]");
  fresh.elements.pasted.focus();
  return say(fresh.querySelector("[data-result]").textContent, { atOnce: true });
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.inPlace === undefined) return;
  event.preventDefault();
  explain(event.target);
});
