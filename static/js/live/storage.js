// What a person should know of storing and reading: the notices stand on every page, and change while it is open.
import { fragment } from "../core/html.js";

const place = () => document.getElementById("storage");

export const storageKey = () => place()?.dataset.key ?? "";

// The words that the live state shows beside "Live": how far reading is behind; mostly none.
export function showStorage({ html, word }) {
  const item = fragment(html).querySelector("#storage");
  const old = place();
  // Notices that say the same stay: a screen reader would read them again.
  if (old && old.dataset.key !== item.dataset.key) old.replaceWith(item);
  return word;
}
