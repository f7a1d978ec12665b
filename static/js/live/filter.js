// The filter of the lists of requests and messages, without loading the page again: the parts that depend on it come from the page of its address.
import { close } from "../core/detail.js";
import { fragment } from "../core/html.js";
import { latestOf } from "../core/net.js";

const filterOf = (address) => new URL(address).searchParams.get("q")?.trim() ?? "";

// The list gets the rows of the new filter.
function attach(root) {
  const form = root.querySelector("[data-filter]");
  const box = form.elements.namedItem("q");
  const answers = latestOf();
  // The address may have changed since the page was loaded.
  let shown = box.defaultValue.trim();

  async function load(address, push) {
    shown = filterOf(address);
    const answer = await answers.ask(address);
    if (!answer) return;
    const next = fragment(await answer.text()).querySelector("[data-rows-url]");
    // Signed out, or the bin is gone or empty. A search that took too long is a list, too.
    if (answer.redirected || !next) return location.assign(address);
    if (push) {
      const focused = document.activeElement;
      close({ push: false });
      history.pushState(null, "", address);
      focused.focus({ preventScroll: true });
    }
    put(next);
  }

  function put(next) {
    for (const part of root.querySelectorAll("[data-filtered]")) {
      const fresh = next.querySelector(`[data-filtered="${part.dataset.filtered}"]`);
      part.hidden = !fresh || fresh.hidden;
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
    box.ariaInvalid = next.querySelector("[data-filter-box]").ariaInvalid;
    for (const name of ["after", "rowsUrl", "with"]) root.dataset[name] = next.dataset[name];
    root.querySelector("[data-panes]").dataset.home = next.querySelector("[data-panes]").dataset.home;
    root.dispatchEvent(new CustomEvent("smsbin:filtered", { detail: next.querySelector("[data-rows]") }));
  }

  function apply(text) {
    const address = new URL(form.action);
    if (text) address.searchParams.set("q", text);
    load(address.href, true);
  }

  function clear(event) {
    event.preventDefault();
    box.value = "";
    box.focus();
    if (shown) apply("");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(box.value.trim());
  });
  form.querySelector("[data-filter-clear]").addEventListener("click", clear);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && (box.value || shown)) clear(event);
  });
  function follow() {
    if (filterOf(location.href) === shown) return;
    box.value = filterOf(location.href);
    load(location.href, false);
  }
  addEventListener("popstate", follow);
  follow();
}

for (const form of document.querySelectorAll("[data-filter]")) attach(form.closest("[data-rows-url]"));
