// The one entry of every page: what each page needs, and the tables of hooks by which the scripts of features are loaded.
import { loadFeatures } from "./core/hooks.js";
import "./core/keys.js";
import "./core/page.js";
import "./core/times.js";

loadFeatures({
  shown: [
    [":root:has([data-live])", "live/live.js", "smsbin:go smsbin:show smsbin:select smsbin:compare smsbin:read smsbin:all-read"],
    ["[data-select-mode], [data-pick]", "live/live.js", "click"],
    ["[data-detail]", "core/detail.js"],
    ["[data-copy], [data-copy-link], [data-copy-from]", "core/copy.js", "click"],
    ["[data-draft]", "core/drafts.js", "input"],
    ["[data-go-on-change]", "core/forms.js", "change"],
    ["[data-saved-id]", "filter/saved.js"],
    ["[data-left]", "live/faults.js"],
    ["[data-alert-notices], [data-alert-allow]", "live/alerts.js", "click"],
    ["[data-axis-slot]", "live/axis.js"],
    ["[data-again]", "pages/parts.js"],
    ["[data-file]", "pages/mapping.js", "change"],
    ["[data-find]", "pages/find.js", "input"],
    ["[data-in-place]", "pages/signature.js", "submit"],
    ["[data-new-of]", "pages/home.js"],
    ["[data-replay]", "pages/replay.js", "submit"],
    ["[data-upload]", "pages/reconcile.js", "submit"],
    ["[data-sign-in]", "pages/sign-in.js"],
    ["[data-show]", "pages/raw.js", "change"],
    ["[data-simulate], [data-run]", "pages/simulate.js", "input"],
  ],
  used: [
    ["form[method=post]:not([data-undo], [data-replay], [data-in-place], [data-upload], [data-save-filter], [data-annotate])", "core/forms.js", "submit"],
    ["[data-follow]", "live/follow.js", "change"],
    // Before a note can be written: it is opened by a click.
    ["#annotation", "pages/annotation.js", "click submit"],
    [":root", "pages/annotation.js", "smsbin:pin smsbin:changed"],
    ["[data-save-filter]", "filter/saved.js", "submit"],
    ["[data-bins-menu]", "core/menu.js", "toggle"],
    ["[data-palette-open]", "core/palette.js", "click"],
    ["[data-undo]", "core/undo.js", "submit"],
    ["[data-selection]", "live/batch.js", "click submit"],
    ["[data-goto]", "live/goto.js", "toggle submit"],
    ["[data-filter]", "live/filter.js", "focusin submit"],
    ["[data-complete]", "filter/complete.js", "focusin input"],
  ],
});

// The script of the filter is loaded when the filter is used, but after a reload the list may have to change without that.
addEventListener("popstate", () => {
  const box = document.querySelector("[data-filter-box]");
  const q = new URLSearchParams(location.search).get("q") ?? "";
  if (box && box.defaultValue.trim() !== q.trim()) import("./live/filter.js").catch(() => location.reload());
});
