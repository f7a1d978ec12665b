// What this browser remembers. Storage may be full or blocked; then it is remembered until the page is left.
const base = document.documentElement.dataset.base;
const memory = new Map();

export function remember(name, value) {
  memory.set(name, value);
  try {
    localStorage.setItem(`smsbin:${base}:${name}`, JSON.stringify(value));
  } catch { /* kept in memory */ }
}

export function recall(name, otherwise) {
  if (memory.has(name)) return memory.get(name);
  try {
    return JSON.parse(localStorage.getItem(`smsbin:${base}:${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
