// Saved filters beside a list. Their counts follow the bin calmly: at most every few seconds, and only while the page is seen.
import { fragment } from "../core/html.js";
import { ask, isUnreachable } from "../core/net.js";
import { say } from "../core/page.js";

const PAUSE_MS = 5_000;
const nav = document.querySelector('[data-saved="nav"]');
// Filters that are being deleted: they can be brought back for some seconds.
const deleting = new Set();
let timer = 0;
let wanted = false;

const idsOf = (part) => [...part.querySelectorAll("[data-saved-id]")].map((link) => link.dataset.savedId).join(" ");

function hide() {
  for (const link of document.querySelectorAll("[data-saved-id]")) link.hidden = deleting.has(link.dataset.savedId);
}

async function refresh() {
  const { search } = location;
  const address = new URL(nav.dataset.savedUrl, location.href);
  address.searchParams.set("q", new URLSearchParams(search).get("q") ?? "");
  const answer = await ask(address);
  // The filter has changed in the meantime, and another one is current.
  if (search !== location.search) return refresh();
  if (!answer.ok || answer.redirected) return;
  const fresh = fragment(await answer.text());
  for (const part of document.querySelectorAll("[data-saved]")) put(part, fresh.querySelector(`[data-saved="${part.dataset.saved}"]`));
  hide();
  if (fresh.querySelector("[data-saved-behind]")) refreshSoon();
}

function put(part, fresh) {
  if (part.matches(":popover-open") || part.isEqualNode(fresh)) return;
  if (idsOf(part) && idsOf(part) === idsOf(fresh)) {
    // The links stay, with the focus and with their place.
    for (const link of fresh.querySelectorAll("[data-saved-id]")) {
      const old = part.querySelector(`[data-saved-id="${CSS.escape(link.dataset.savedId)}"]`);
      if (!old.isEqualNode(link)) old.replaceChildren(...link.childNodes);
      old.href = link.href;
      if (link.ariaCurrent) old.ariaCurrent = link.ariaCurrent;
      else old.removeAttribute("aria-current");
    }
  } else {
    const held = part.contains(document.activeElement) ? document.activeElement.dataset.savedId ?? "" : null;
    part.replaceChildren(...fresh.childNodes);
    part.hidden = fresh.hidden;
    if (held !== null) (part.querySelector(`[data-saved-id="${CSS.escape(held)}"]`) ?? part.querySelector("a, button"))?.focus({ preventScroll: true });
  }
}

function refreshSoon() {
  wanted = true;
  if (timer || document.hidden || !idsOf(nav)) return;
  timer = setTimeout(async () => {
    wanted = false;
    timer = 0;
    await refresh();
  }, PAUSE_MS);
}

async function save(form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await ask(form.action, { method: "POST", headers: { "X-Partial": "saved" }, body, redirect: "manual" });
  const problem = form.querySelector("[data-save-problem]");
  if (answer.type === "opaqueredirect") {
    form.closest("[popover]").hidePopover();
    say("Filter saved", { atOnce: true });
    return refresh();
  }
  if (answer.status === 401) return location.reload();
  problem.textContent = isUnreachable(answer) || answer.status >= 500 ? "Cannot reach smsbin; the filter is not saved." : await answer.text();
  return form.elements.namedItem("name").focus();
}

if (nav) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-save-filter]")) return;
    event.preventDefault();
    event.stopPropagation();
    save(event.target);
  }, { capture: true });
  document.addEventListener("smsbin:undo", ({ target, detail }) => {
    const id = target.dataset.deleteFilter;
    if (!id) return;
    if (detail.on) deleting.add(id);
    else deleting.delete(id);
    if (detail.on) target.closest("[popover]")?.hidePopover();
    hide();
  });
  document.addEventListener("smsbin:edits", refreshSoon);
  // The parts of the new filter come from a whole page.
  document.addEventListener("smsbin:filtered", hide, { capture: true });
  document.addEventListener("visibilitychange", () => wanted && refreshSoon());
  // The counts make the chips wider.
  refresh().then(() => document.querySelector(".chips [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));
}
