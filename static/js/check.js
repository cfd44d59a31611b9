// Texts are checked while they are typed: findings and used letters appear beneath the field, after a pause.
// <form data-check-url="…" data-check-kind="catalog.listing" data-check-platform="taobao" data-check-proven='{"rule": "document"}'> … <input data-check-field="title">

const PAUSE_MS = 400;
const MARKS = { block: "ban", proof: "certificate", warn: "alert-triangle", info: "info-circle" };
const waiting = new WeakMap();
const running = new WeakMap();

const fieldsOf = (form) => [...form.querySelectorAll("[data-check-field]")];

function placeBeneath(control) {
  if (control.checkOutput?.isConnected) return control.checkOutput;
  const output = document.createElement("div");
  output.className = "check-output";
  output.id = `check-${control.id || control.name}`;
  output.setAttribute("aria-live", "polite");
  const described = control.getAttribute("aria-describedby");
  control.setAttribute("aria-describedby", described ? `${described} ${output.id}` : output.id);
  control.after(output);
  control.checkOutput = output;
  return output;
}

function counterOf({ units, min, max }) {
  const counter = document.createElement("span");
  const isWrong = units !== null && (units < min || (max !== null && units > max));
  counter.className = `check-counter${isWrong ? " is-wrong" : ""}`;
  counter.textContent = max === null ? `${units ?? "…"}` : `${units ?? "…"} / ${max}`;
  return counter;
}

function lineOf(finding) {
  const line = document.createElement("li");
  line.className = `check-finding is-${finding.severity}`;
  const icon = document.createElement("i");
  icon.className = `ti ti-${MARKS[finding.severity] ?? "info-circle"}`;
  icon.setAttribute("aria-hidden", "true");
  const word = document.createElement("strong");
  word.textContent = finding.word;
  const text = document.createElement("span");
  text.textContent = finding.text;
  line.append(icon, word, text);
  return line;
}

function show(control, answer) {
  const output = placeBeneath(control);
  const list = document.createElement("ul");
  list.className = "check-findings";
  list.append(...answer.findings.map(lineOf));
  output.replaceChildren(counterOf(answer), list);
  control.classList.toggle("is-stopped", answer.findings.some((finding) => finding.severity === "block"));
}

async function check(form) {
  running.get(form)?.abort();
  const request = new AbortController();
  running.set(form, request);
  const body = new URLSearchParams({ kind: form.dataset.checkKind ?? "", platform: form.dataset.checkPlatform ?? "" });
  if (form.dataset.checkProven) body.set("proven", form.dataset.checkProven);
  for (const control of fieldsOf(form)) body.set(`text.${control.dataset.checkField}`, control.value);
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  try {
    const response = await fetch(form.dataset.checkUrl, {
      method: "POST", body, signal: request.signal, headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    const answer = await response.json();
    for (const control of fieldsOf(form)) {
      const checked = answer.fields?.[control.dataset.checkField];
      if (checked) show(control, checked);
      else if (answer.refusal) placeBeneath(control).textContent = answer.refusal;
    }
  } catch {
    // Typing goes on without it: everything is checked again at submission.
  }
}

function soon(form, pause) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => check(form), pause));
}

document.addEventListener("input", (event) => {
  const form = event.target.matches?.("[data-check-field]") && event.target.closest("form[data-check-url]");
  if (form && !event.isComposing) soon(form, PAUSE_MS);
});
document.addEventListener("compositionend", (event) => {
  const form = event.target.matches?.("[data-check-field]") && event.target.closest("form[data-check-url]");
  if (form) soon(form, PAUSE_MS);
});
document.querySelectorAll("form[data-check-url]").forEach((form) => {
  if (fieldsOf(form).some((control) => control.value)) soon(form, 0);
});
