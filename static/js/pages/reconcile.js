// A provider's file: dropped or chosen, compressed, and sent with its name; the answer is the page that follows it.
import { fragment } from "../core/html.js";
import { ask, isUnreachable, warn } from "../core/net.js";

const packed = async (file) => {
  if (!window.CompressionStream || /\.(gz|zip)$/i.test(file.name)) return file;
  return new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob();
};

async function send(form) {
  const file = form.elements.file.files[0];
  if (!file) return;
  const says = form.querySelector("[data-upload-state]");
  const button = form.querySelector(".btn.main");
  const more = new URLSearchParams({ file: file.name });
  for (const [name, value] of new FormData(form)) if (name !== "file" && value) more.set(name, value);
  says.textContent = `Sending ${file.name}…`;
  button.disabled = true;
  try {
    const answer = await ask(`${form.action}?${more}`, { method: "POST", body: await packed(file), headers: { "Content-Type": "application/octet-stream" } });
    if (isUnreachable(answer)) warn("Cannot reach smsbin, or the file changed. Try again.");
    else if (answer.redirected) return void location.assign(answer.url);
    else show(fragment(await answer.text()));
  } catch {
    warn("The file cannot be read. Choose it again.");
  }
  says.textContent = "";
  button.disabled = false;
}

// Why the file was refused; the form keeps what was chosen.
function show(page) {
  const problem = page.querySelector("[role=alert]");
  document.querySelector("main [role=alert]")?.remove();
  if (!problem) return void warn("smsbin could not read the file. Try again.");
  document.querySelector("main > header").after(problem);
  problem.tabIndex = -1;
  problem.focus();
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const place = form.querySelector("[data-drop]");
  place.querySelector("[data-drop-hint]").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    form.elements.file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
