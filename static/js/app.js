// The one entry of every page. Each module attaches itself to the `data-*` hooks that it finds.
import "./page.js";
import "./times.js";
import "./menu.js";
import "./copy.js";
import "./replay.js";
import "./forms.js";
import "./drafts.js";
import "./faults.js";
import "./detail.js";
import "./follow.js";
import "./raw.js";
import "./undo.js";
import "./keys.js";
import "./home.js";
import "./drill.js";
import "./simulate.js";
import { follow } from "./live.js";

for (const root of document.querySelectorAll("[data-live]")) follow(root);
