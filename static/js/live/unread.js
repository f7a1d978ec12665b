// Unread: a high-water mark and the exceptions from it, kept in this browser.
import { recall, remember } from "../core/store.js";

const MOST = 500;

export function unreadOf(bin, last) {
  const name = `seen:${bin}`;
  const kept = recall(name, null);
  const state = kept ?? { mark: last, read: [], unread: [] };
  if (!kept) remember(name, state);
  const read = new Set(state.read);
  const unread = new Set(state.unread);
  let mark = Math.min(state.mark, last);
  let newest = last;

  const save = () => {
    while (read.delete(mark + 1)) mark += 1;
    remember(name, { mark, read: [...read].slice(-MOST), unread: [...unread].slice(-MOST) });
  };
  return {
    start: mark,
    isUnread: (n) => unread.has(n) || (n > mark && !read.has(n)),
    count: () => Math.max(0, newest - mark - read.size) + unread.size,
    arrived: (n) => { newest = Math.max(newest, n); },
    set: (n, on) => {
      if (on) {
        read.delete(n);
        if (n <= mark) unread.add(n);
      } else {
        unread.delete(n);
        if (n > mark) read.add(n);
      }
      save();
    },
    gone(n) { if (this.isUnread(n)) this.set(n, false); },
    all: () => { mark = newest; read.clear(); unread.clear(); save(); },
  };
}
