// Runs before the first paint, so that a chosen theme does not flash. The switch itself is in page.js.
(() => {
  try {
    const theme = localStorage.getItem("smsbin:theme");
    if (theme) document.documentElement.dataset.theme = theme;
  } catch { /* storage may be blocked; the system's theme stands */ }
})();
