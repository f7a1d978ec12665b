// The arrows of the open request: to the one before it and after it.

// The list on the page is the truth about what stands beside the open capture; past its ends, what the server said.
export function showSteps(pane, row) {
  for (const link of row ? pane.querySelectorAll("[data-step]") : []) {
    let next = row;
    do next = link.dataset.step === "newer" ? next.previousElementSibling : next.nextElementSibling;
    while (next && (!next.dataset.n || next.hidden));
    if (!next) continue;
    link.href = withTab(pane, next.querySelector(".row").href);
    for (const name of ["aria-disabled", "role"]) link.removeAttribute(name);
  }
}

// Stepping from one request to the next stays on the tab that is being read.
export function withTab(pane, address) {
  const tab = pane.querySelector("[data-tab][aria-current]")?.dataset.tab ?? "summary";
  if (tab === "summary") return address;
  const url = new URL(address, location.href);
  url.searchParams.set("tab", tab);
  return url.href;
}
