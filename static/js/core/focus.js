// A part of the page that is replaced while the reader is in it.
const nameOf = (item) => item.getAttribute("aria-label") ?? item.getAttribute("href") ?? item.textContent;

// Gives the focus of a link or a button in `part` to the one with the same name in what has replaced it, unless the reader has gone on.
function focusOf(part) {
  const item = document.activeElement;
  const held = part.contains(item) && item.matches("a, button") ? nameOf(item) : null;
  return (fresh) => {
    if (held === null || document.activeElement !== document.body) return;
    [...fresh.querySelectorAll("a, button")].find((other) => nameOf(other) === held)?.focus({ preventScroll: true });
  };
}

export function replace(old, fresh) {
  const giveFocus = focusOf(old);
  old.replaceWith(fresh);
  giveFocus(fresh);
}

// The same thing is shown again: what was unfolded, the place in it and the focus stay.
export async function keepView(pane, change) {
  const giveFocus = focusOf(pane);
  const top = pane.scrollTop;
  const unfolded = [...pane.querySelectorAll("details[data-part][open]")].map((item) => item.dataset.part);
  await change();
  for (const part of unfolded) pane.querySelector(`details[data-part="${part}"]`)?.setAttribute("open", "");
  pane.scrollTop = top;
  giveFocus(pane);
}
