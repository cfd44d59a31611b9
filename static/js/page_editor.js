// Editors of pages and layouts: the preview follows what is typed, frames are made small enough to fit, and after a
// button that arranges modules the focus stays with the module.

const DELAY_MS = 600;

function fit(box) {
  const frame = box.querySelector("iframe");
  const width = Number(box.dataset.previewWidth);
  if (!frame || !width) return;
  box.style.setProperty("--zoom", String(Math.min(1, box.clientWidth / width)));
}

const boxes = [...document.querySelectorAll("[data-preview-width]")];
const watcher = new ResizeObserver((seen) => seen.forEach((one) => fit(one.target)));
boxes.forEach((box) => { fit(box); watcher.observe(box); });

document.querySelectorAll("[data-preview-to]").forEach((button) => button.addEventListener("click", () => {
  const box = document.querySelector(".editor-preview [data-preview-width]");
  const frame = box.querySelector("iframe");
  frame.classList.remove(`preview-${box.dataset.previewWidth}`);
  box.dataset.previewWidth = button.dataset.previewTo;
  frame.classList.add(`preview-${box.dataset.previewWidth}`);
  document.querySelectorAll("[data-preview-to]").forEach((other) => {
    other.classList.toggle("is-on", other === button);
    other.setAttribute("aria-pressed", String(other === button));
  });
  fit(box);
}));

let waiting = 0;
let asked = 0;

async function refresh() {
  const form = document.querySelector("form[data-editor][data-preview-url]");
  const frame = document.querySelector("[data-live-preview]");
  if (!form || !frame) return;
  const number = ++asked;
  const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form) });
  if (!answer.ok || number !== asked) return;
  const html = await answer.text();
  if (number === asked) frame.srcdoc = html;
}

function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, DELAY_MS);
}

document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-editor]") && event.target.name !== "words") refreshSoon();
});

// Enter in a field of one line saves nothing by accident: the first submit button of the form is "save", so it is stopped.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("form[data-editor] input:not([type=checkbox])")) event.preventDefault();
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.detail.elt;
  if (button.name === "act") document.body.dataset.lastAct = button.value;
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches?.("form[data-editor]")) return;
  refreshSoon();
  const act = document.body.dataset.lastAct || "";
  const form = document.querySelector("form[data-editor]");
  const same = form.querySelector(`button[value="${CSS.escape(act)}"]:not([disabled])`);
  const added = act === "add" ? [...form.querySelectorAll(".module-card")].at(-1)?.querySelector("input:not([type=hidden]), textarea, select") : null;
  const refused = form.querySelector(".refusal, .editor-findings");
  if (added) added.focus();
  else if (same) same.focus();
  else if (refused) refused.scrollIntoView({ block: "center" });
});

// A finding leads to its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-finding]");
  if (!link) return;
  const [top, key, , field] = link.dataset.finding.split(".");
  const target = top === "modules" && key
    ? document.getElementById(`f-m-${key}-${field}`) || document.querySelector(`#module-${CSS.escape(key)} .module-tools select`)
    : document.getElementById(`id_${top}`);
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ block: "center" });
  (target.matches("fieldset") ? target.querySelector("input[type=search]") : target).focus();
});
