// The requests that are selected in the live list: by their numbers, or all that match its filter up to a number, without some.
export const MOST = 500;
const numbers = new Set();
const without = new Set();
let all = null;

const changed = () => document.dispatchEvent(new CustomEvent("smsbin:selection"));

export const isSelected = (n) => (all ? n <= all.upto && !without.has(n) : numbers.has(n));
export const count = () => (all ? all.count - without.size : numbers.size);
export const isAll = () => all !== null;
export const selected = () => [...numbers].sort((a, b) => a - b);
// `complete` is false when only the first of them were counted.
export const isCounted = () => !all || all.complete;

// Which requests, as the API takes it.
export function which() {
  return all ? { q: all.q, upto: all.upto, at: all.at, without: [...without] } : { numbers: selected() };
}

// Whether they could all be selected; one by one there is a limit.
export function select(wanted, on) {
  for (const n of wanted) {
    if (all && n > all.upto) continue;
    const set = all ? without : numbers;
    if (on === Boolean(all)) set.delete(n);
    else if (set.size < MOST) set.add(n);
  }
  changed();
  return wanted.every((n) => isSelected(n) === on);
}

export function selectAll(found) {
  clear();
  all = found;
  changed();
}

export function clear() {
  numbers.clear();
  without.clear();
  all = null;
  changed();
}

// It was deleted.
export function forget(n) {
  if (numbers.delete(n)) changed();
}
