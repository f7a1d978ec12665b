// The small panel behind the live state: by which way, when last, and a try by hand.
import { timeOf } from "../core/times.js";

export function attachPanel(line) {
  const panel = document.getElementById("live-panel");
  if (!panel) return;
  const fill = (name, ...content) => panel.querySelector(`[data-panel-${name}]`).replaceChildren(...content);
  let timer = 0;

  function refresh() {
    const state = line.state();
    fill("state", state ? state.filter(Boolean).join(", ") : "connecting…");
    fill("transport", line.transport());
    fill("last", line.last() ? timeOf(line.last(), "ago") : "none yet");
    fill("heard", line.heard() ? timeOf(new Date(line.heard()).toISOString(), "ago") : "none yet");
  }

  function watch() {
    clearInterval(timer);
    if (!panel.matches(":popover-open")) return;
    refresh();
    timer = setInterval(refresh, 1000);
  }

  panel.addEventListener("toggle", watch);
  watch();
  for (const button of document.querySelectorAll("[data-retry], [data-retry-now]")) {
    button.addEventListener("click", () => {
      line.retry();
      refresh();
    });
  }
}
