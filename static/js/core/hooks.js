// Loads the script of a feature: when its hook is on the page or comes there, or as soon as the user needs it.
import { ask, isUnreachable, warn } from "./net.js";

const addressOf = (path) => new URL(`../${path}`, import.meta.url).href;

async function load(path) {
  try {
    await import(addressOf(path));
    return true;
  } catch (error) {
    warn("A part of this page could not be loaded. Reload the page.");
    console.error(error);
    return false;
  }
}

// Asked for before it is imported, because browsers remember a script that could not be loaded.
async function loadIfReached(path) {
  if (!isUnreachable(await ask(addressOf(path)))) return load(path);
  warn("Cannot reach smsbin, nothing was changed. Try again.");
  return false;
}

// Both are rows of a hook, a script, and the events that wait for the script, so that none is lost. Only scripts that are no use
// without the server may be loaded as late as `used`.
export function loadFeatures({ shown, used }) {
  const featureOf = (get) => ([hook, path, events = ""]) => ({ hook, path, events: events.split(" ").filter(Boolean), get, loading: null });
  const atOnce = shown.map(featureOf(load));
  let waiting = [...atOnce, ...used.map(featureOf(loadIfReached))];
  let hooks = "";

  function forget(path) {
    waiting = waiting.filter((feature) => feature.path !== path);
    hooks = waiting.filter((feature) => atOnce.includes(feature)).map(({ hook }) => hook).join();
  }

  async function start(feature) {
    feature.loading ??= feature.get(feature.path);
    const loaded = await feature.loading;
    feature.loading = null;
    if (loaded) forget(feature.path);
    return loaded;
  }

  function look(part) {
    if (!hooks || !(part.matches?.(hooks) || part.querySelector(hooks))) return;
    for (const feature of atOnce) {
      if (waiting.includes(feature) && (part.matches?.(feature.hook) || part.querySelector(feature.hook))) start(feature);
    }
  }

  async function hold(event) {
    const { target, type } = event;
    // Scripts send each other events on the document.
    const at = target === document ? document.documentElement : target;
    const wanted = waiting.filter(({ hook, events }) => events.includes(type) && at.closest?.(hook));
    if (!wanted.length) return;
    event.stopImmediatePropagation();
    if (type === "click" || type === "submit") event.preventDefault();
    const loaded = await Promise.all(wanted.map(start));
    const isLoaded = loaded.every(Boolean);
    // The warning says that nothing was changed.
    if (!isLoaded && type === "change" && target.type === "checkbox") target.checked = !target.checked;
    if (!isLoaded || !target.isConnected) return;
    if (type === "submit") target.requestSubmit(event.submitter);
    else target.dispatchEvent(new event.constructor(type, event));
  }

  forget(null);
  for (const type of new Set(waiting.flatMap(({ events }) => events))) addEventListener(type, hold, { capture: true });
  look(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
  }).observe(document.body, { childList: true, subtree: true });
}
