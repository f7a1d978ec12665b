// A file with a mapping is read in the browser, into the box where it could be pasted.
const MOST_BYTES = 500_000;

document.addEventListener("change", async ({ target }) => {
  const [file] = target.matches?.("[data-file]") ? target.files : [];
  if (!file || file.size > MOST_BYTES) return;
  document.querySelector("[data-file-text]").value = await file.text();
});
