// Times in the reader's own zone or in UTC, by one switch; UTC stays in the title. One timer tells ages again, each second while they are told in seconds.
import { recall, remember } from "./store.js";

const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]];
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const DAY = { day: "numeric", month: "short" };
let utc = recall("utc", false);

const FORMS = {
  age: (at) => age(at),
  ago: (at) => `${age(at)} ago`,
  clock: (at) => `${tell(at, CLOCK)} ${zone(at)}`,
  date: (at) => tell(at, { ...DAY, year: "numeric" }),
  day: (at) => tell(at, DAY),
  dayzone: (at) => `${tell(at, DAY)}, ${zone(at)}`,
  exact: (at) => tell(at, { ...CLOCK, fractionalSecondDigits: 3 }),
  full: (at) => `${tell(at, { ...DAY, year: "numeric", ...CLOCK, fractionalSecondDigits: 3 })} ${zone(at)}`,
  minute: (at) => tell(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  moment: (at) => tell(at, { ...DAY, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  row: (at) => tell(at, Date.now() - at < 43_200_000 ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : DAY),
  time: (at) => `${tell(at, { ...DAY, ...CLOCK })} ${zone(at)}`,
};

function tell(at, options) {
  return at.toLocaleString("en-GB", { ...options, ...(utc ? { timeZone: "UTC" } : {}) });
}

// "PST" is American English, "CET" British: whoever has a name for the zone tells it, else the distance stands.
function zone(at) {
  if (utc) return "UTC";
  const names = ["en-US", "en-GB", "en-AU"].map((locale) => new Intl.DateTimeFormat(locale, { timeZoneName: "short" })
    .formatToParts(at).find(({ type }) => type === "timeZoneName").value);
  return names.find((name) => !/[+-]\d/.test(name)) ?? names[0];
}

function age(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  const [, size, unit] = STEPS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size)} ${unit}`;
}

function write(times) {
  for (const time of times) time.textContent = FORMS[time.dataset.time](new Date(time.getAttribute("datetime")));
}

export function localise(root) {
  write(root.querySelectorAll("time[data-time]"));
}

export function timeOf(iso, form) {
  const time = document.createElement("time");
  time.dateTime = time.title = iso;
  time.dataset.time = form;
  write([time]);
  return time;
}

function showZone(button) {
  button.textContent = utc ? "Time: UTC" : "Time: local";
}

const switches = document.querySelectorAll("[data-zone-switch]");
for (const button of switches) {
  button.hidden = false;
  showZone(button);
  button.addEventListener("click", () => {
    utc = !utc;
    remember("utc", utc);
    localise(document);
    switches.forEach(showZone);
    document.dispatchEvent(new CustomEvent("smsbin:zone"));
  });
}
localise(document);

// Seconds are counted; what is told in minutes waits for the tenth second.
let ticks = 0;
setInterval(() => {
  ticks += 1;
  const ages = [...document.querySelectorAll('time[data-time="age"], time[data-time="ago"]')];
  write(ticks % 10 ? ages.filter((time) => time.textContent.includes(" s")) : ages);
}, 1_000);
