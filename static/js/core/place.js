// Rows that stay where they are on the screen.
const scroller = () => document.querySelector("[data-scroller]");

// Below 760 px the page scrolls, and the list and the pane take turns on the screen.
export const isPhone = () => matchMedia("(max-width: 759px)").matches;

// Opening and closing changes the width of the list, and so the height of its rows: the row in hand must not move.
export function keepInPlace(row, change) {
  const before = row?.getBoundingClientRect().top;
  change();
  if (!row || !scroller()) return;
  if (before) scroller().scrollTop += row.getBoundingClientRect().top - before;
  // The list was not on the screen.
  else row.scrollIntoView({ block: "center" });
}

// On a phone the pane takes the screen, which was scrolled to the row.
export function showFromTop() {
  if (isPhone()) scrollTo(0, 0);
}
