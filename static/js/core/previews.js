// What the previews of forms have in common.
import { warn } from "./net.js";

// Without an option that the page has selected, the first one is.
const usualIndex = (select) => Math.max(0, [...select.options].findLastIndex((option) => option.defaultSelected));

function isFilledIn(field) {
  if (field.type === "select-one") return field.selectedIndex !== usualIndex(field);
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.defaultValue !== undefined && field.value !== field.defaultValue;
}

// The forms that differ from the page: the browser brings back what was filled in when the page is shown again.
export const filledIn = (selector) => [...document.querySelectorAll(selector)].filter((form) => [...form.elements].some(isFilledIn));

// Whether the answer is a preview. If not, the one on the page is of what was filled in before.
export function isPreview(answer) {
  const isOne = answer.ok && !answer.redirected;
  if (!isOne) warn("The preview is not up to date: smsbin cannot be reached, or you are signed out.");
  return isOne;
}
