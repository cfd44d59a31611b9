// The listing editor: a link of the panel puts the cursor into its field, Enter saves without leaving the page, a picture that is
// left out looks so at once.

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#field-']");
  const box = link && document.getElementById(link.hash.slice(1));
  if (!box) return;
  const row = box.closest("tr") ?? box;
  const control = row.querySelector("input:not([type=hidden]), select, textarea, a");
  if (!control) return;
  event.preventDefault();
  box.scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});

const form = document.getElementById("editor-form");
form?.addEventListener("submit", (event) => {
  if (!event.submitter?.hasAttribute("data-save") || !form.hasAttribute("hx-post")) return;
  event.preventDefault();
  form.dispatchEvent(new Event("change"));
});

document.addEventListener("change", (event) => {
  if (event.target.name === "photos") event.target.closest(".photo-pick")?.classList.toggle("is-out", !event.target.checked);
});
