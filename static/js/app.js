// The one entry of every page. Each module attaches itself to the `data-*` hooks that it finds.
import "./core/page.js";
import "./core/times.js";
import "./core/menu.js";
import "./core/copy.js";
import "./pages/replay.js";
import "./pages/signature.js";
import "./core/forms.js";
import "./core/drafts.js";
import "./live/faults.js";
import "./core/detail.js";
import "./live/follow.js";
import "./pages/raw.js";
import "./pages/find.js";
import "./core/undo.js";
import "./core/keys.js";
import "./pages/home.js";
import "./pages/mapping.js";
import "./pages/parts.js";
import "./pages/simulate.js";
import "./pages/reconcile.js";
import { follow } from "./live/live.js";

for (const root of document.querySelectorAll("[data-live]")) follow(root);
