// Pictures: y and r decide about the row in focus, files are dropped on their role, the page comes back to where one was.

// Without a row in focus the shortcut presses the first row's button; with one, that row's.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key !== "y" && event.key !== "r") return;
  if (document.documentElement.dataset.shortcuts === "off") return;
  const row = event.target.closest?.(".list-table tbody tr");
  if (!row || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  row.querySelector(`[data-shortcut="${event.key}"]`)?.click();
}, true);

// The table is swapped without the form above it: where to come back to is in the address bar.
document.addEventListener("submit", (event) => {
  if (event.target.id === "photo-acts") event.target.elements.next.value = location.pathname + location.search;
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".photo-acts a[href*='next=']");
  if (!link) return;
  const address = new URL(link.href);
  address.searchParams.set("next", location.pathname + location.search);
  link.href = address.pathname + address.search;
}, true);

function send(form) {
  const words = form.querySelector("[data-drop-words]");
  words.textContent = form.dataset.busy;
  form.classList.add("is-busy");
  form.requestSubmit();
}

document.querySelectorAll("[data-drop]").forEach((form) => {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files.length && send(form));
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.add("is-over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    send(form);
  });
});

// A file that misses its slot must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());

if (location.hash.startsWith("#photo-")) document.getElementById(location.hash.slice(1))?.focus({ preventScroll: true });
