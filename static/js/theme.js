// Runs before the first paint: a page in the wrong colours must never flash up. Plain script on purpose, not a module.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme;
    root.dataset.bsTheme = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
  };
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("preference:theme", apply);
})();
