// Forms ask before they destroy. On plain http under a name or address, browsers say neither Origin nor
// Sec-Fetch-Site for a form, so there it is sent by fetch, which says Origin. A draft is sent so, too: what comes back
// is the same form, and the reader stays where he is.
import { fragment } from "./html.js";
import { ask, isUnreachable, warn } from "./net.js";
import { say } from "./page.js";
import { localise } from "./times.js";

// After the scripts of features, which send some forms in their own way.
addEventListener("submit", (event) => {
  const form = event.target;
  const { ask, draft, stay } = form.dataset;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (ask && !window.confirm(ask)) return event.preventDefault();
  if (window.isSecureContext && draft === undefined && stay === undefined) return undefined;
  event.preventDefault();
  return send(form, event.submitter);
});

export const bodyOf = (form, submitter) => new URLSearchParams(new FormData(form, submitter));

async function send(form, submitter) {
  const stays = form.dataset.stay !== undefined;
  const answer = await ask(form.action, { method: "POST", body: bodyOf(form, submitter), redirect: stays ? "manual" : "follow" });
  if (isUnreachable(answer)) return warn("Cannot reach smsbin, nothing was changed. Try again.");
  // What such a form changes shows itself on the page, live.
  if (answer.type === "opaqueredirect") return undefined;
  if (answer.redirected) return location.assign(answer.url);
  // Other pages are those of a proxy that cannot reach smsbin.
  const main = fragment(await answer.text()).querySelector("main#main");
  if (!main) return warn("Cannot reach smsbin, nothing was changed. Try again.");
  document.querySelector("main").replaceWith(main);
  localise(main);
  dress(main);
  const next = main.querySelector("[role=alert], [autofocus]") ?? [...main.querySelectorAll("button")].find(({ value }) => value && value === submitter?.value) ?? main;
  // Written down, so that an alert takes the focus, too.
  next.tabIndex = next.tabIndex;
  return next.focus({ preventScroll: next === main });
}

// A choice that only shows something else needs no button.
function dress(root) {
  for (const choice of root.querySelectorAll("[data-go-on-change]")) {
    choice.form.querySelector("[data-go-button]").hidden = true;
    choice.addEventListener("change", () => choice.form.submit());
  }
}
dress(document);
