// Keys declared on the page: data-shortcut="a" or "g o" clicks (or focuses) its element; "?" lists them all.

const PAUSE_MS = 1200;
const help = document.getElementById("keyboard-help");
let typed = [];
let typedAt = 0;

function isWriting(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");
}

function isThere(element) {
  return element.checkVisibility() || element.matches(".side-link");
}

function declared() {
  return [...document.querySelectorAll("[data-shortcut]")].filter(isThere);
}

function use(element) {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1) return;
  if (document.documentElement.dataset.shortcuts === "off" || isWriting(event.target) || help?.open) return;
  if (document.querySelector("dialog[open], .offcanvas.show, .offcanvas-lg.show")) return;
  const now = performance.now();
  if (now - typedAt > PAUSE_MS) typed = [];
  typedAt = now;
  typed.push(event.key);
  const keys = typed.join(" ");
  const all = declared();
  const exact = all.find((element) => element.dataset.shortcut === keys);
  if (exact) {
    event.preventDefault();
    typed = [];
    use(exact);
  } else if (!all.some((element) => element.dataset.shortcut.startsWith(`${keys} `))) {
    typed = [];
  }
});

function fillHelp() {
  const list = help.querySelector("[data-key-list]");
  list.replaceChildren();
  const seen = new Set();
  for (const element of declared()) {
    const keys = element.dataset.shortcut;
    if (seen.has(keys)) continue;
    seen.add(keys);
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const mark = document.createElement("kbd");
      mark.textContent = key;
      term.append(mark);
    }
    const words = document.createElement("dd");
    words.textContent = element.dataset.shortcutLabel || element.getAttribute("aria-label") || element.textContent.trim();
    list.append(term, words);
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keyboard-help]") && help) {
    fillHelp();
    help.showModal();
  }
  if (event.target.closest("[data-dialog-close]") || event.target === help) event.target.closest("dialog")?.close();
});
