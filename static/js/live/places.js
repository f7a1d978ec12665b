// Places in the list: the newest, the oldest, a number, a time, and the row of the request that is open.
import { goTo } from "../core/keys.js";
import { say } from "../core/page.js";

// `jump` shows another part of the list, `show` what is held and the newest part.
export function attachPlaces(root, { list, row, jump, show }) {
  const openNumber = () => Number(root.querySelector("[data-open]")?.dataset.n ?? 0);
  const visible = () => list.all().filter((item) => !item.hidden);
  let opened = openNumber();

  async function go(to) {
    let target = null;
    if (to === "newest") {
      await show();
      if (!list.hasAll("newer")) return;
      [target] = visible();
    } else if (to === "oldest") {
      if (!list.hasAll("older") && !(await jump({ after: 0 })).came) return;
      list.box().scrollTop = list.box().scrollHeight;
      target = visible().at(-1);
    } else {
      const { came, chosen } = await jump({ at: to });
      if (!came) return;
      target = chosen?.closest("[data-n]");
      const mark = root.querySelector("[data-place]");
      if (mark) say(mark.textContent, { atOnce: true });
    }
    if (target) goTo(target.querySelector(".row"), to === "newest" || to === "oldest" ? "nearest" : "center");
  }

  function reveal(item) {
    if (!item) return;
    const pane = item.closest("[data-scroller]").getBoundingClientRect();
    const { top, bottom } = item.getBoundingClientRect();
    if (bottom < Math.max(0, pane.top) || top > Math.min(innerHeight, pane.bottom)) item.scrollIntoView({ block: "center" });
  }

  document.addEventListener("smsbin:go", (event) => {
    event.preventDefault();
    go(event.detail);
  });
  // Back, Forward and the arrows of the detail may open a request whose row is not in the page, or not on the screen.
  document.addEventListener("smsbin:shown", async () => {
    if (openNumber() === opened) return;
    opened = openNumber();
    if (!row(opened)) await jump({ around: opened });
    reveal(row(opened));
  });
  document.addEventListener("smsbin:closed", () => { opened = 0; });
  reveal(row(opened));
}
