// Forms ask before they destroy. On plain http under a name or address, browsers say neither Origin nor
// Sec-Fetch-Site for a form, so there it is sent by fetch, which says Origin.
import { fragment } from "./html.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.undo !== undefined) return;
  if (form.dataset.ask && !window.confirm(form.dataset.ask)) {
    event.preventDefault();
    return;
  }
  if (!window.isSecureContext) {
    event.preventDefault();
    send(form);
  }
});

async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const main = fragment(await answer.text()).querySelector("main");
  document.querySelector("main").replaceWith(main);
}

// A choice that only shows something else needs no button.
for (const choice of document.querySelectorAll("[data-go-on-change]")) {
  choice.form.querySelector("[data-go-button]").hidden = true;
  choice.addEventListener("change", () => choice.form.submit());
}
