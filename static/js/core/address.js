// The address of the open request or message. What is behind "#", a place in the page, is no part of it.
const panes = document.querySelector("[data-panes]");
const here = () => location.href.split("#")[0];
let shownAt = here();

const homePath = () => new URL(panes.dataset.home, location.href).pathname;
export const isHome = () => location.pathname === homePath();

export function rememberAddress() {
  shownAt = here();
}

export const isRemembered = () => here() === shownAt;

// Back or Forward led to something that is not there any more.
export function restoreAddress({ isClosed }) {
  history.replaceState(null, "", isClosed ? homePath() + location.search : shownAt);
}
