// The body as text, with what the eye misses made visible: each switch marks, none changes what "Copy" gives.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\u{e0000}-\u{e007f}]/gu;
const SPACES = /[ \t]/g;
const SHOWN = { " ": "·", "\t": "→" };
const code = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

// `%E2%98%82` as the character that it stands for; what is no UTF-8 stays as it is.
function decoded(text) {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

function marked(text, pattern, look) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const mark = document.createElement("span");
    mark.className = "unseen";
    mark.textContent = look(match[0]);
    parts.push(text.slice(from, match.index), mark);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

function show(panel) {
  const place = panel.querySelector("[data-text]");
  place.dataset.plain ??= place.textContent;
  const on = (name) => panel.querySelector(`[data-show="${name}"]`)?.checked;
  let parts = [on("decoded") ? decoded(place.dataset.plain) : place.dataset.plain];
  const mark = (pattern, look) => {
    parts = parts.flatMap((part) => (typeof part === "string" ? marked(part, pattern, look) : part));
  };
  if (on("hidden")) mark(HIDDEN, code);
  if (on("spaces")) mark(SPACES, (character) => SHOWN[character]);
  const whole = document.createElement("bdi");
  whole.append(...parts);
  place.replaceChildren(whole);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-show]")) show(event.target.closest("[data-panel]"));
});
