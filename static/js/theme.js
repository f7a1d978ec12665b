// Runs before the first paint, so that a chosen theme does not flash. The switch itself is in page.js.
(() => {
  try {
    const theme = localStorage.getItem("smsbin:theme");
    if (theme) document.documentElement.dataset.theme = theme;
    // The same for a time axis that was folded up: the list must not move after it has been painted.
    const { base } = document.documentElement.dataset;
    if (localStorage.getItem(`smsbin:${base}:axis`) === "false") document.documentElement.dataset.noAxis = "";
  } catch { /* storage may be blocked; the system's theme stands */ }
})();
