// Times in the reader's own zone; UTC stays in the title. Ages are told again every 10 seconds, by one timer.
const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [Infinity, 86400, "d"]];
const ZONE = { timeZoneName: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const DAY = { day: "numeric", month: "short" };

const FORMS = {
  age: (at) => age(at),
  ago: (at) => `${age(at)} ago`,
  clock: (at) => at.toLocaleTimeString("en-GB", { ...CLOCK, ...ZONE }),
  day: (at) => at.toLocaleDateString("en-GB", DAY),
  full: (at) => at.toLocaleString("en-GB", { ...DAY, year: "numeric", ...CLOCK, fractionalSecondDigits: 3, ...ZONE }),
  time: (at) => at.toLocaleString("en-GB", { ...DAY, ...CLOCK, ...ZONE }),
};

function age(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  const [, size, unit] = STEPS.find(([limit]) => seconds < limit);
  return `${Math.floor(seconds / size)} ${unit}`;
}

export function localise(root) {
  for (const time of root.querySelectorAll("time[data-time]")) {
    time.textContent = FORMS[time.dataset.time](new Date(time.getAttribute("datetime")));
  }
}

function tellAges() {
  for (const time of document.querySelectorAll('time[data-time="age"], time[data-time="ago"]')) {
    time.textContent = FORMS[time.dataset.time](new Date(time.getAttribute("datetime")));
  }
}

localise(document);
setInterval(tellAges, 10_000);
