// The rows of the list, and what stands before the first and after the last: a way to more of them, or the words that there are none.
export const WORDS = { newer: "Newer requests", older: "Older requests" };

export function endsOf(rows) {
  const all = () => [...rows.querySelectorAll("[data-n]")];

  // At an end, before the first or after the last row. A search among all rows would cost more than the rest of an edit.
  function end(name) {
    const next = name === "newer" ? "nextElementSibling" : "previousElementSibling";
    let item = name === "newer" ? rows.firstElementChild : rows.lastElementChild;
    while (item && item.dataset.n === undefined && item.dataset[name] === undefined) item = item[next];
    return item && item.dataset[name] !== undefined ? item : null;
  }

  function last() {
    let item = rows.lastElementChild;
    while (item && item.dataset.n === undefined) item = item.previousElementSibling;
    return item;
  }

  // The row at the end counts; its number here is for a list without rows.
  function mark(name) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    item.className = "more";
    item.dataset[name] = all().at(name === "older" ? -1 : 0).dataset.n;
    button.type = "button";
    button.className = "btn bare";
    button.textContent = WORDS[name];
    item.append(button);
    if (name === "newer") rows.prepend(item);
    else rows.append(item);
  }

  return { all, end, last, mark };
}
