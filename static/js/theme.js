// Light, dark, or as the system. Kept in a cookie, so that the server draws the page right at the first paint.
const root = document.documentElement;
const YEAR = 31_536_000;

function shown() {
  return root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

export function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-theme-switch], [data-theme-choice]");
  if (!control) return;
  choose(control.dataset.themeChoice ?? (shown() === "dark" ? "light" : "dark"));
});
