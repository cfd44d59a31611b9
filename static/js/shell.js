// The frame of every page: toasts, menus, preference switches, answers that went wrong.

const CLOSES_BY_ITSELF_MS = 7000;
const STAYS = new Set(["error", "warning"]);

function arrange(toast) {
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => toast.remove());
  if (!STAYS.has(toast.dataset.toast)) setTimeout(() => toast.remove(), CLOSES_BY_ITSELF_MS);
}

function showToast({ level = "info", text = "" }) {
  const template = document.getElementById("toast-template");
  if (!template || !text) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.toast = level;
  toast.classList.add(`tone-${level}`);
  toast.querySelector(".house-toast-text").textContent = text;
  document.getElementById("toasts").append(toast);
  arrange(toast);
}

document.querySelectorAll("[data-toast]").forEach(arrange);
document.body.addEventListener("toast", (event) => showToast(event.detail));

// A failed fragment request must say so; HTMX alone would leave the page as it was.
document.body.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")) return;
  const words = document.getElementById("trouble-template").dataset;
  showToast({ level: "error", text: xhr.status === 503 ? words.busy : words.failed });
});
document.body.addEventListener("htmx:sendError", () => {
  showToast({ level: "error", text: document.getElementById("trouble-template").dataset.offline });
});

// Menus are <details>: they open without script; script only closes them again.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("toggle", (event) => {
  const panel = event.target.matches?.("details.menu[open]") && event.target.querySelector(".menu-panel");
  if (panel && panel.getBoundingClientRect().right > document.documentElement.clientWidth) panel.classList.add("menu-end");
}, true);

// A switch takes effect at once and is kept by the same form that works without script.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-preference]");
  if (!form || !event.submitter?.value) return;
  event.preventDefault();
  const name = form.dataset.preference;
  document.documentElement.dataset[name] = event.submitter.value;
  document.dispatchEvent(new CustomEvent(`preference:${name}`));
  form.closest("details.menu")?.removeAttribute("open");
  const body = new FormData(form, event.submitter);
  await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
});

// A form sent twice by a nervous double click would be refused by the core; sparing people that message is kinder.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

document.querySelector(".side-link.is-active")?.scrollIntoView({ block: "nearest" });

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
