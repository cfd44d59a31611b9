// Copy buttons: <button data-copy="id of the text">. Says aloud what happened; without a clipboard the text is marked for Ctrl+C.

const said = document.querySelector("[data-copy-said]");

function mark(target) {
  const range = document.createRange();
  range.selectNodeContents(target);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  target.focus();
}

async function copy(button) {
  const target = document.getElementById(button.dataset.copy);
  if (!target) return;
  const word = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(target.textContent);
    if (said) said.textContent = said.dataset.copied;
  } catch {
    mark(target);
    if (said) said.textContent = said.dataset.refused;
    return;
  }
  button.classList.add("is-copied");
  if (word && said) {
    word.dataset.before ??= word.textContent;
    word.textContent = said.dataset.copied;
    setTimeout(() => {
      word.textContent = word.dataset.before;
      button.classList.remove("is-copied");
    }, 2000);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
