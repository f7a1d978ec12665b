// A time of the list: its requests in words, and its terms in the filter.

// Terms of the filter for a time; numbers of requests are none.
const TIMES = /(^|\s)(after|before):(?!#)("(\\.|[^"\\])*"|[^\s"])*/gi;

// Each of the counts has the requests that are ok, failed and odd.
export function requestsText(counts) {
  const [ok, failed, odd] = counts.reduce((sums, one) => sums.map((sum, at) => sum + one[at]), [0, 0, 0]);
  const all = ok + failed + odd;
  const words = [[failed, "failed"], [odd, "odd"]].filter(([number]) => number).map(([number, word]) => `${number.toLocaleString("en")} ${word}`);
  return [`${all.toLocaleString("en")} request${all === 1 ? "" : "s"}`, ...words].join(", ");
}

export function put(terms) {
  const box = document.querySelector("[data-filter-box]");
  box.value = `${box.value.replace(TIMES, " ").trim()} ${terms}`.trim();
  box.form.requestSubmit();
}
