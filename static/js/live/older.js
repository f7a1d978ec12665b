// The far end of the lists of messages and pairs: older rows while scrolling.
import { fragment } from "../core/html.js";
import { ask } from "../core/net.js";
import { localise } from "../core/times.js";

// `address()` has the rows. Returns what is called when others have taken their place.
export function loadWhileScrolling(rows, address, dress) {
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(entry.target);
  }, { rootMargin: "300px" });

  async function load(more) {
    if (more.dataset.busy) return;
    more.dataset.busy = "1";
    const url = new URL(address(), location.href);
    url.searchParams.set("before", more.dataset.older);
    const answer = await ask(url);
    if (!more.isConnected) return;
    if (!answer.ok) {
      delete more.dataset.busy;
      return;
    }
    const piece = fragment(await answer.text());
    localise(piece);
    for (const item of piece.querySelectorAll("[data-row]")) {
      // What changed meanwhile stands above already.
      if (document.getElementById(item.id)) item.remove();
      else dress(item);
    }
    more.replaceWith(piece);
    watch();
  }

  function watch() {
    const more = rows.querySelector("[data-older]");
    if (more) sight.observe(more);
  }

  rows.addEventListener("click", (event) => {
    const more = event.target.closest("[data-older]");
    if (!more) return;
    event.preventDefault();
    load(more);
  });
  watch();
  return watch;
}
