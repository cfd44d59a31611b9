// A table of inputs that behaves like a spreadsheet: arrow keys, Tab and Enter move; Shift with an arrow key marks a block; a block of
// Excel or WPS is pasted down and right; Ctrl+D fills down. What a price comes to is reckoned here for the eye, and again by the server.

const table = document.querySelector("[data-grid]");
const form = document.querySelector("[data-grid-form]");
const CELLS = "input[data-was], textarea[data-was]";
const rows = table ? [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll(CELLS)]) : [];
const places = new Map(rows.flatMap((row, y) => row.map((cell, x) => [cell, { x, y }])));
let corner = null;

const plain = (text) => text.replaceAll("\r\n", "\n").trim();
const isTyped = (cell) => plain(cell.value) !== plain(cell.dataset.was);

// --- calculations: sum of products of numbers, x and brackets, as in catalog/policies/formulas.py

function reckon(text, x) {
  const tokens = text.match(/\s*(\d+(?:\.\d+)?|\.\d+|[xX]|[-+*/()%]|\S)/g)?.map((token) => token.trim()) ?? [];
  let at = 0;
  const take = (...wanted) => (wanted.includes(tokens[at]) ? tokens[at++] : "");
  const factor = (depth) => {
    if (depth > 12) return NaN;
    const token = tokens[at++];
    if (token === "-") return -factor(depth + 1);
    if (token === "+") return factor(depth + 1);
    if (token === "(") {
      const value = sum(depth + 1);
      return take(")") ? value : NaN;
    }
    if (token === "x" || token === "X") return x;
    const value = /^[\d.]/.test(token ?? "") ? Number(token) : NaN;
    return take("%") ? value / 100 : value;
  };
  const product = (depth) => {
    let value = factor(depth);
    for (let sign = take("*", "/"); sign; sign = take("*", "/")) value = sign === "*" ? value * factor(depth) : value / factor(depth);
    return value;
  };
  const sum = (depth) => {
    let value = product(depth);
    for (let sign = take("+", "-"); sign; sign = take("+", "-")) value = sign === "+" ? value + product(depth) : value - product(depth);
    return value;
  };
  const value = sum(0);
  return at === tokens.length ? value : NaN;
}

function amountOf(text, x) {
  const words = plain(text).normalize("NFKC").replaceAll("×", "*").replaceAll("÷", "/");
  if (!words) return NaN;
  if (words.startsWith("=")) return reckon(words.slice(1), x);
  const share = words.match(/^([-+])\s*([\d.]+)\s*%$/);
  if (share) return x * (1 + (share[1] === "+" ? 1 : -1) * (Number(share[2]) / 100));
  if (/^[-+*/]/.test(words)) return reckon(`x${words}`, x);
  return Number(words.replaceAll(",", ""));
}

function showPercent(cell) {
  const place = places.get(cell);
  const output = cell.closest("tr").querySelector("[data-percent]");
  if (!output || place.x !== 0) return;
  const before = Number(cell.dataset.was);
  const column = form.elements.formula?.value ?? "";
  const after = amountOf(isTyped(cell) ? cell.value : column || cell.value, before);
  const share = ((after - before) / before) * 100;
  const isShown = before > 0 && Number.isFinite(share) && Math.abs(share) >= 0.05;
  output.textContent = isShown ? `${share > 0 ? "+" : ""}${share.toFixed(1)} %` : "";
}

// --- what is typed and marked

function tell() {
  const typed = rows.flat().filter(isTyped).length;
  const output = form.querySelector("[data-grid-count]");
  output.textContent = typed ? `${typed} ${output.dataset.some}` : output.dataset.none;
}

function refresh(cells) {
  for (const cell of cells) {
    cell.classList.toggle("is-typed", isTyped(cell));
    showPercent(cell);
  }
  tell();
}

function blockOf(from, to) {
  const [left, right] = [from.x, to.x].sort((a, b) => a - b);
  const [top, bottom] = [from.y, to.y].sort((a, b) => a - b);
  return rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
}

function marked() {
  const here = places.get(document.activeElement);
  return here ? blockOf(corner ?? here, here) : [];
}

function mark() {
  const block = new Set(corner ? marked().flat() : []);
  for (const cell of rows.flat()) cell.classList.toggle("is-marked", block.size > 1 && block.has(cell));
}

function write(cell, text) {
  cell.value = cell.tagName === "INPUT" ? text.replaceAll(/\s*\n\s*/g, " ") : text;
}

function go(cell, dx, dy, isMarking) {
  const from = places.get(cell);
  const next = rows[from.y + dy]?.[from.x + dx];
  if (!next) return false;
  corner = isMarking ? (corner ?? from) : null;
  next.focus();
  if (!isMarking) next.select();
  mark();
  return true;
}

function fillDown(cell) {
  let block = marked();
  if (block.length < 2) {
    const { x, y } = places.get(cell);
    if (y === 0) return;
    block = [[rows[y - 1][x]], [cell]];
  }
  for (const row of block.slice(1)) row.forEach((one, x) => write(one, block[0][x].value));
  refresh(block.flat());
}

// Spreadsheets put a cell with tabs or line ends between quotes and double the quotes in it.
function parse(text) {
  const lines = [[""]];
  let quoted = false;
  const letters = text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at];
    const line = lines.at(-1);
    if (quoted && letter === '"' && letters[at + 1] === '"') {
      line[line.length - 1] += '"';
      at += 1;
    } else if (letter === '"' && (quoted || line.at(-1) === "")) quoted = !quoted;
    else if (letter === "\t" && !quoted) line.push("");
    else if (letter === "\n" && !quoted) lines.push([""]);
    else line[line.length - 1] += letter;
  }
  return lines;
}

function paste(cell, text) {
  const block = parse(text);
  const target = marked();
  const from = places.get(target[0]?.[0] ?? cell);
  // One copied cell fills everything that is marked.
  const isOne = block.length === 1 && block[0].length === 1;
  const height = isOne ? target.length : block.length;
  const width = isOne ? (target[0]?.length ?? 1) : Math.max(...block.map((line) => line.length));
  const touched = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const one = rows[from.y + y]?.[from.x + x];
      const value = isOne ? block[0][0] : block[y][x];
      if (!one || value === undefined) continue;
      write(one, value);
      touched.push(one);
    }
  }
  refresh(touched);
}

function atEdge(cell, key) {
  const isWhole = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  if (isWhole) return true;
  if (cell.selectionStart !== cell.selectionEnd) return false;
  if (key === "ArrowLeft") return cell.selectionStart === 0;
  if (key === "ArrowRight") return cell.selectionStart === cell.value.length;
  if (cell.tagName === "INPUT") return true;
  return key === "ArrowUp" ? !cell.value.slice(0, cell.selectionStart).includes("\n") : !cell.value.slice(cell.selectionStart).includes("\n");
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

if (table && form) {
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!places.has(cell) || event.isComposing) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === "d") {
      event.preventDefault();
      fillDown(cell);
    } else if (STEPS[event.key] && !isCommand && !event.altKey) {
      const isMarking = event.shiftKey && event.key !== "ArrowLeft" && event.key !== "ArrowRight" ? true : event.shiftKey && atEdge(cell, event.key);
      if ((isMarking || (!event.shiftKey && atEdge(cell, event.key))) && go(cell, ...STEPS[event.key], isMarking)) event.preventDefault();
    } else if (event.key === "Enter" && !isCommand && !(cell.tagName === "TEXTAREA" && event.altKey)) {
      event.preventDefault();
      go(cell, 0, event.shiftKey ? -1 : 1, false);
    } else if (event.key === "Escape") {
      if (corner) corner = null;
      else write(cell, cell.dataset.was);
      refresh([cell]);
      mark();
    } else if ((event.key === "Delete" || event.key === "Backspace") && marked().flat().length > 1) {
      event.preventDefault();
      for (const one of marked().flat()) one.value = "";
      refresh(marked().flat());
    }
  });
  table.addEventListener("paste", (event) => {
    if (!places.has(event.target)) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.replace(/\r?\n$/, "")) && marked().flat().length < 2) return;
    event.preventDefault();
    paste(event.target, text);
  });
  table.addEventListener("copy", (event) => {
    const block = marked();
    if (block.flat().length < 2) return;
    event.preventDefault();
    const quote = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    event.clipboardData.setData("text/plain", block.map((row) => row.map((cell) => quote(cell.value)).join("\t")).join("\n"));
  });
  table.addEventListener("input", (event) => places.has(event.target) && refresh([event.target]));
  table.addEventListener("mousedown", (event) => {
    const cell = event.target;
    if (!places.has(cell)) return;
    const here = places.get(document.activeElement);
    if (event.shiftKey && here) {
      event.preventDefault();
      corner ??= here;
      cell.focus();
    } else corner = null;
    mark();
  });
  form.elements.formula?.addEventListener("input", () => rows.forEach((row) => showPercent(row[0])));
  refresh(rows.flat());
}
