// The sign-in link has its code behind "#", which browsers never send. It is removed from the address, so that it
// is not in the history, and posted; then it is used up.
const form = document.querySelector("[data-sign-in]");

function useCode() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.code.value = code;
  form.submit();
}

addEventListener("hashchange", useCode);
useCode();
