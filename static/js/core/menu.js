// The menu that switches bins: fetched when it is opened, so that no page pays for it.
import { fragment } from "./html.js";

for (const menu of document.querySelectorAll("[data-bins-menu]")) {
  menu.addEventListener("toggle", async (event) => {
    if (event.newState !== "open") return;
    const answer = await fetch(menu.dataset.binsMenu);
    if (answer.ok && !answer.redirected) menu.replaceChildren(fragment(await answer.text()));
  });
}
