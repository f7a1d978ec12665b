// Finding in the fields and in the tree of a body, while typing; without this script the same box loads a page.
function find(box) {
  const panel = box.closest("[data-panel]");
  const wanted = box.value.trim().toLowerCase();
  let count = 0;
  for (const item of panel.querySelectorAll("[data-found]")) {
    item.hidden = !`${item.textContent}${item.querySelector("[data-copy]")?.getAttribute("aria-label")}`.toLowerCase().includes(wanted);
    count += item.hidden ? 0 : 1;
  }
  for (const group of panel.querySelectorAll(".tree details")) {
    group.parentElement.hidden = !group.querySelector("[data-found]:not([hidden])");
    if (wanted) group.open = true;
  }
  panel.querySelector("[data-find-count]").textContent = wanted ? `${count} found` : "";
}

document.addEventListener("input", (event) => event.target.matches("[data-find]") && find(event.target));
