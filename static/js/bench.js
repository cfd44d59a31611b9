// Warehouse screens: whatever has the focus, a scan goes to the one scan form; its result is heard as well as seen.

// A keyboard-wedge scanner types far faster than any hand. A single late key must not cut a code in two, for half a code
// is a wrong code: so the pause that ends a burst is long, and it is the average that tells scanner from hand.
const PAUSE_MS = 200;
const SCANNER_AVERAGE_MS = 60;
const SHORTEST_CODE = 4;
let burst = [];
let burstStart = 0;
let burstAt = 0;
let field = null;
let fieldBefore = "";

const scanForm = () => document.querySelector("[data-scan-form]");
const scanInput = () => document.querySelector("[data-scan-input]");

function startBurst(target) {
  burst = [];
  field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
  fieldBefore = field ? field.value : "";
}

function submitCode(code) {
  const input = scanInput();
  input.value = code;
  scanForm().requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !scanForm()) return;
  if (event.target === scanInput()) return; // typed straight into its own field: the form does the rest
  const now = event.timeStamp; // when the key came, not when this page found time for it
  const goesOn = now - burstAt < PAUSE_MS;
  const isScan = goesOn && burst.length >= SHORTEST_CODE && (now - burstStart) / burst.length < SCANNER_AVERAGE_MS;
  if ((event.key === "Enter" || event.key === "Tab") && isScan) {
    event.preventDefault();
    event.stopPropagation();
    if (field) {
      field.value = fieldBefore; // the code ran into a quantity or a note: give that field its text back
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    submitCode(burst.join(""));
    burst = [];
    return;
  }
  if (event.key.length !== 1) return;
  if (!goesOn) {
    startBurst(event.target);
    burstStart = now;
  }
  burst.push(event.key);
  burstAt = now;
}, true);

function restFocus() {
  const input = scanInput();
  const active = document.activeElement;
  if (!input || (active && active !== document.body && active.matches("input, select, textarea"))) return;
  input.focus({ preventScroll: true });
}

const TONES = {
  ok: [[880, 0, 0.09]],
  warn: [[600, 0, 0.12], [600, 0.18, 0.12]],
  bad: [[220, 0, 0.22], [170, 0.26, 0.34]],
};
let audio = null;

function sound(state) {
  if (state === "bad") navigator.vibrate?.([120, 60, 120]);
  if (document.documentElement.dataset.sound === "off") return;
  audio ??= new AudioContext();
  audio.resume();
  for (const [pitch, after, length] of TONES[state] ?? []) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = state === "ok" ? "sine" : "square";
    tone.frequency.value = pitch;
    const from = audio.currentTime + after;
    volume.gain.setValueAtTime(state === "ok" ? 0.25 : 0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}

function announce(result) {
  if (result.dataset.heard) return;
  result.dataset.heard = "yes";
  result.classList.add("is-new");
  sound(result.dataset.scanResult);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches("[data-scan-result]")) announce(node);
      node.querySelectorAll("[data-scan-result]").forEach(announce);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

document.querySelectorAll("[data-scan-result]").forEach(announce);
document.body.addEventListener("htmx:afterSettle", () => {
  if (!document.querySelector("[data-scan-clear-off]") && scanInput()) scanInput().value = "";
  restFocus();
});
document.addEventListener("focusout", () => setTimeout(restFocus, 1500));
restFocus();
