// The menu that switches bins: fetched when it is opened, so that no page pays for it.
import { fragment } from "./html.js";
import { askUntilReached } from "./net.js";

for (const menu of document.querySelectorAll("[data-bins-menu]")) {
  menu.addEventListener("toggle", async (event) => {
    if (event.newState !== "open") return;
    const answer = await askUntilReached(menu.dataset.binsMenu, {}, () => menu.matches(":popover-open"));
    if (answer?.ok && !answer.redirected) menu.replaceChildren(fragment(await answer.text()));
  });
}
