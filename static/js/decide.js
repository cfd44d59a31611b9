// The manager's keys and clicks: "o" opens the row in focus, "r" opens the reasons, a template writes itself where one is typing.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-row]");
  if (!opener) return;
  const focused = document.activeElement?.closest?.(".list-table tbody tr[data-href]");
  const row = focused || document.querySelector(".list-table tbody tr[data-href]");
  if (!row) return;
  event.preventDefault();
  location.assign(row.dataset.href);
});

const panel = document.querySelector("[data-refuse-panel]");
const general = () => panel?.querySelector("textarea");
let writing = null;

function openReasons() {
  panel.open = true;
  document.querySelectorAll(".field-reason").forEach((details) => (details.open = true));
  panel.scrollIntoView({ block: "center", behavior: "instant" });
  general().focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (panel && event.target.closest("[data-refuse]")) {
    event.preventDefault();
    openReasons();
  }
  const template = event.target.closest("[data-fill]");
  if (!template) return;
  const field = writing?.isConnected ? writing : general();
  field.value = [field.value.trim(), template.dataset.fill].filter(Boolean).join(" ");
  field.focus();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-field-reason], [data-refuse-panel] textarea")) writing = event.target;
});

if (panel?.open) {
  document.querySelectorAll(".field-reason").forEach((details) => (details.open = true));
  panel.scrollIntoView({ block: "center" });
}

// Stages: what a share of the time means in hours, while it is typed.
const length = Number(document.querySelector("[data-length-minutes]")?.dataset.lengthMinutes || 0);

function showSpan(input) {
  const out = input.closest(".stage-line").querySelector("[data-span]");
  const minutes = Math.round((length * Number(input.value || 0)) / 100);
  // The words of the server, so that a share reads as the list does.
  const { hours, minutes: rest } = input.closest("[data-length-minutes]").dataset;
  const unit = (words, value) => words.replace("%(count)d", value);
  const parts = [minutes >= 60 && unit(hours, Math.floor(minutes / 60)), (minutes % 60 || minutes < 60) && unit(rest, minutes % 60)];
  out.textContent = parts.filter(Boolean).join(" ");
}

if (length) {
  document.querySelectorAll("[data-share]").forEach(showSpan);
  document.addEventListener("input", (event) => event.target.matches("[data-share]") && showSpan(event.target));
}
