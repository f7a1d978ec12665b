// What is done with the selected requests: pin, tag, export, delete. Calls are repeated until all are handled, with the progress shown.
import { close } from "../core/detail.js";
import { ask, warn } from "../core/net.js";
import { say } from "../core/page.js";
import { offerUndo } from "../core/undo.js";
import { clear, count, isAll, isCounted, selectAll, which } from "../core/selection.js";
import { allPinned } from "./select.js";

const named = (count) => `${count.toLocaleString("en")} request${count === 1 ? "" : "s"}`;

function attach(root, bar) {
  const captures = `${bar.dataset.api}/captures`;
  const status = bar.querySelector("[data-batch-status]");
  const tags = bar.querySelector("[data-tag-form]");
  const filter = () => new URL(root.dataset.rowsUrl, location.href).searchParams.get("q") ?? "";

  function post(action, values, options = {}) {
    return ask(`${captures}/${action}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(values), ...options });
  }

  // `told` gets the number that is handled so far. Returns the sum of the answers, or the problem.
  async function repeat(action, values, told) {
    const sum = { changed: 0, refused: 0 };
    for (let after = 0; after !== null;) {
      const answer = await post(action, after ? { ...values, after } : values);
      if (answer.redirected) location.reload();
      if (!answer.ok) return { ...sum, after, problem: await reasonOf(answer) };
      const step = JSON.parse(await answer.text());
      sum.changed += step.changed ?? step.deleted;
      sum.refused += step.refused ?? 0;
      after = step.next;
      told(sum.changed, after);
    }
    return sum;
  }

  async function annotate(change, done) {
    const before = which();
    bar.setAttribute("aria-busy", "true");
    const { changed, refused, problem } = await repeat("annotate", { ...before, ...change }, (sum) => { status.textContent = `${named(sum)} changed…`; });
    bar.removeAttribute("aria-busy");
    status.textContent = "";
    if (problem) return warn(`${named(changed)} changed, then it stopped: ${problem}`);
    const rest = refused ? `; ${named(refused)} would have too many tags and ${refused === 1 ? "is" : "are"} unchanged` : "";
    status.textContent = `${done} ${named(changed)}${rest}`;
    return say(status.textContent, { atOnce: true });
  }

  function remove() {
    const values = which();
    const all = isAll() ? count() : 0;
    const words = isCounted() ? named(count()) : `more than ${named(count())}`;
    const q = filter();
    const listed = new Set(values.numbers ?? []);
    const left = new Set(values.without ?? []);
    const covers = (n) => (all ? q === filter() && n <= values.upto && !left.has(n) : listed.has(n));
    let after = 0;

    function hide(on) {
      // The rest of a list of which everything is deleted is not loaded in the meantime.
      root.classList.toggle("emptied", on && all > 0);
      document.dispatchEvent(new CustomEvent("smsbin:hide", { detail: { covers, on } }));
    }

    const open = Number(document.querySelector("[data-open]")?.dataset.n ?? 0);
    if (open && covers(open)) close();
    clear();
    offerUndo(`Deleted ${words}.`, {
      hide,
      async send(item) {
        const result = await repeat("delete", values, (sum, next) => {
          after = next;
          if (next !== null) item.textContent = `Deleting ${words}: ${sum.toLocaleString("en")} done…`;
        });
        // Listed rows leave the page when the change arrives.
        if (!result.problem && all) {
          document.addEventListener("smsbin:rows", () => hide(false), { once: true });
          document.dispatchEvent(new CustomEvent("smsbin:reload"));
        }
        return result.problem ? `Not deleted: ${result.problem}. ${named(result.changed)} of ${words} were deleted.` : null;
      },
      back: () => document.querySelector("[data-rows] [data-n]:not([hidden]) .row")?.focus({ preventScroll: true }),
      // The server goes on without the page.
      leave: () => after !== null && post("delete", { ...values, after, whole: true }, { keepalive: true }),
    });
  }

  function exported(link) {
    const { numbers, q, upto, without } = which();
    const url = new URL(`${bar.dataset.api}/export`, location.href);
    url.searchParams.set("of", "captures");
    url.searchParams.set("format", link.dataset.export);
    if (numbers) url.searchParams.set("n", numbers.join(","));
    else url.searchParams.set("q", `${q} before:#${upto + 1}`.trim());
    link.href = url.href;
    if (without?.length) say("The export has those that were left out, too", { atOnce: true });
  }

  async function selectAllMatching(button) {
    button.disabled = true;
    const q = filter();
    const search = new URLSearchParams(q ? { q } : {});
    const answer = await ask(`${captures}/count?${search}`);
    button.disabled = false;
    // The list has another filter now.
    if (q !== filter()) return undefined;
    if (!answer.ok || answer.redirected) return warn("Not selected: the search took too long, or smsbin cannot be reached.");
    selectAll({ q, ...JSON.parse(await answer.text()) });
    return say(bar.querySelector("[data-selection-say]").textContent, { atOnce: true });
  }

  bar.addEventListener("click", ({ target }) => {
    const all = target.closest("[data-select-all]");
    if (all) selectAllMatching(all);
    const button = target.closest("[data-batch]");
    const link = target.closest("[data-export]");
    if (link) exported(link);
    if (button?.dataset.batch === "pin") {
      const pinned = !allPinned(root);
      annotate({ pinned }, pinned ? "Pinned" : "Unpinned");
    }
    if (button?.dataset.batch === "delete") remove();
  });
  tags.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = tags.elements.tags.value.split(/[\s,]+/).filter(Boolean);
    const name = event.submitter?.value ?? "add";
    if (!words.length) return tags.elements.tags.focus();
    tags.hidePopover();
    tags.elements.tags.value = "";
    return annotate({ [name]: words }, name === "add" ? "Tagged" : "Removed the tags of");
  });
  document.addEventListener("smsbin:selection", () => { status.textContent = ""; });
}

async function reasonOf(answer) {
  try {
    const problem = JSON.parse(await answer.text());
    return (problem.errors?.map(({ message }) => message).join("; ") || problem.detail).replace(/\.$/, "");
  } catch {
    return "smsbin cannot be reached";
  }
}

for (const bar of document.querySelectorAll("[data-selection]")) attach(document.querySelector("[data-live]"), bar);
