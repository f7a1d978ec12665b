// One row is a stop of the Tab key, the others are reached from it: what stands beside the list is one Tab away.
export function stopsOf(rows) {
  function rove(link) {
    for (const other of rows.querySelectorAll('.row[tabindex="0"]')) other.tabIndex = -1;
    if (link) link.tabIndex = 0;
  }

  rows.addEventListener("focusin", (event) => {
    if (event.target.matches(".row")) rove(event.target);
  });
  return {
    keep() {
      if (rows.querySelector('[data-row]:not([hidden]) > .row[tabindex="0"]')) return;
      rove(rows.querySelector("[data-row]:not([hidden]) > .row[aria-current]") ?? rows.querySelector("[data-row]:not([hidden]) > .row"));
    },
  };
}
