// A file with a mapping is read in the browser, into the box where it could be pasted.
import { warn } from "../core/net.js";

const MOST_BYTES = 500_000;

document.addEventListener("change", async ({ target }) => {
  const [file] = target.matches?.("[data-file]") ? target.files : [];
  if (!file) return;
  if (file.size > MOST_BYTES) warn("The file is not read: it is larger than 500 kB.");
  else document.querySelector("[data-file-text]").value = await file.text();
});
