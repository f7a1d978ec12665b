// What a page shows of forwards and listeners, badges of rows, parts of cards or a notice, is replaced by id.
import { fragment } from "../core/html.js";
import { localise } from "../core/times.js";

export function showForwards(html) {
  const pieces = fragment(html);
  localise(pieces);
  for (const piece of [...pieces.children]) document.getElementById(piece.id)?.replaceWith(piece);
}
