// List screens: walk with j/k, open with Enter, tick with x; the bulk bar; forms that follow the filtered address.

const rowsOf = () => [...document.querySelectorAll(".list-table tbody tr")];
const boxOf = (row) => row.querySelector(".cell-check input[type=checkbox]");
let lastTicked = null;

function refreshBar() {
  const form = document.querySelector("[data-bulk]");
  const bar = form?.querySelector("[data-bulk-bar]");
  if (!bar) return;
  const boxes = [...form.querySelectorAll("input[name=row]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-bulk-all]");
  bar.classList.toggle("is-open", ticked > 0 || Boolean(all?.checked));
  const count = bar.querySelector("[data-bulk-count]");
  count.textContent = all?.checked ? count.dataset.all : ticked;
  const head = form.querySelector("[data-check-all]");
  head.checked = ticked > 0 && ticked === boxes.length;
  head.indeterminate = ticked > 0 && ticked < boxes.length;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-check-all]")) {
    form.querySelectorAll("input[name=row]").forEach((box) => (box.checked = event.target.checked));
  }
  refreshBar();
});

document.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=row]");
  if (box) {
    const boxes = [...document.querySelectorAll("input[name=row]")];
    const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) boxes.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
    lastTicked = box;
    refreshBar();
    return;
  }
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const here = event.target.closest?.(".list-table tbody tr");
  if (here === event.target && event.key === "Enter") {
    here.querySelector("a.row-link, a")?.click();
    return;
  }
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const rows = rowsOf();
  if (event.key === "j" || event.key === "k") {
    const index = rows.indexOf(here);
    const next = rows[index < 0 ? 0 : index + (event.key === "j" ? 1 : -1)];
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "x" && here && boxOf(here)) {
    boxOf(here).checked = !boxOf(here).checked;
    refreshBar();
  }
});

// The table is swapped without the bar above it, so forms there take the filter from the address bar.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-keep-query]");
  if (form) form.action = location.pathname + location.search;
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-keep-query]");
  if (!link) return;
  const query = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(link.dataset.keepQuery)) query.set(name, value);
  link.href = `${location.pathname}?${query}`;
});

document.body.addEventListener("htmx:afterSwap", () => {
  lastTicked = null;
  refreshBar();
});
window.addEventListener("pageshow", refreshBar);
