// A cursor over rows: j and k move, x selects, shift-x selects up to here, Enter opens. Rows are [data-row] in [data-cursor].
import { isTyping } from "./keys.js";

let last = null;

const list = () => [...document.querySelectorAll("[data-cursor]")].find((each) => each.checkVisibility());
const rowsOf = (root) => [...root.querySelectorAll("[data-row]")];
const isCurrent = (row) => row.classList.contains("is-cursor") || row.ariaCurrent === "true";

function mark(row, on) {
  if (row.matches("tr")) row.classList.toggle("is-cursor", on);
  else row.ariaCurrent = on ? "true" : null;
}

export function moveTo(row, { focus = true } = {}) {
  const root = row.closest("[data-cursor]");
  for (const each of rowsOf(root)) mark(each, each === row);
  for (const follower of document.querySelectorAll("[data-follows]")) {
    follower.ariaCurrent = follower.dataset.follows === row.dataset.row ? "true" : null;
  }
  row.scrollIntoView({ block: "nearest" });
  if (focus) {
    const target = row.querySelector("[data-row-link]") ?? row;
    if (target === row) row.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  row.dispatchEvent(new CustomEvent("cursor", { bubbles: true, detail: { row: row.dataset.row } }));
}

function step(root, by) {
  const rows = rowsOf(root);
  const here = rows.findIndex(isCurrent);
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, here + by))];
  if (next) moveTo(next);
}

// --- selection -------------------------------------------------------------------------------

function select(box, on) {
  box.checked = on;
  const row = box.closest("[data-row]");
  if (on && row.matches("tr")) row.ariaSelected = "true";
  else row.removeAttribute("aria-selected");
}

function selectTo(root, row) {
  const rows = rowsOf(root);
  const from = last && rows.includes(last) ? rows.indexOf(last) : rows.indexOf(row);
  const [first, end] = [from, rows.indexOf(row)].sort((a, b) => a - b);
  for (const each of rows.slice(first, end + 1)) {
    const box = each.querySelector("[data-select]");
    if (box) select(box, true);
  }
}

function showSelection(root) {
  const boxes = [...root.querySelectorAll("[data-select]")];
  const ticked = boxes.filter((box) => box.checked);
  const all = root.querySelector("[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
  const bar = document.querySelector("[data-selection]");
  if (!bar) return;
  bar.hidden = ticked.length === 0;
  bar.querySelector("[data-selected]").textContent = new Intl.NumberFormat(document.documentElement.lang).format(ticked.length);
  if (ticked.length !== boxes.length) chooseAll(bar, false);
}

function chooseAll(bar, on) {
  const field = bar.querySelector("[data-all]");
  if (!field) return;
  field.disabled = !on;
  for (const part of bar.querySelectorAll("[data-when-page]")) part.hidden = on;
  for (const part of bar.querySelectorAll("[data-when-all]")) part.hidden = !on;
}

function toggle(root, box, { range }) {
  const row = box.closest("[data-row]");
  if (range) selectTo(root, row);
  else select(box, box.checked);
  last = row;
  showSelection(root);
}

document.addEventListener("click", (event) => {
  const root = event.target.closest("[data-cursor]");
  const box = event.target.closest("[data-select]");
  if (root && box) toggle(root, box, { range: event.shiftKey });
  const everything = event.target.closest("[data-select-all]");
  if (root && everything) {
    root.querySelectorAll("[data-select]").forEach((each) => select(each, everything.checked));
    showSelection(root);
  }
  const bar = event.target.closest("[data-selection]");
  if (!bar) return;
  const table = list();
  if (event.target.closest("[data-clear]")) {
    table.querySelectorAll("[data-select]:checked").forEach((each) => select(each, false));
    showSelection(table);
    (rowsOf(table).find(isCurrent)?.querySelector("[data-row-link]") ?? document.getElementById("main")).focus();
  }
  if (event.target.closest("[data-choose-all]")) {
    table.querySelectorAll("[data-select]").forEach((each) => select(each, true));
    showSelection(table);
    chooseAll(bar, true);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], .menu:popover-open")) return;
  const root = list();
  if (!root) return;
  const latin = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
  const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : latin;
  const current = rowsOf(root).find(isCurrent);
  if (key === "j") step(root, 1);
  else if (key === "k") step(root, -1);
  else if (key === "x" && current?.querySelector("[data-select]")) {
    const box = current.querySelector("[data-select]");
    box.checked = !box.checked;
    toggle(root, box, { range: event.shiftKey });
  } else if (key === "Enter" && current && !event.target.closest("a, button, summary")) current.querySelector("[data-row-link]")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-cursor] [data-row]");
  if (row && !isCurrent(row) && !event.target.closest("a, button, input, label, summary")) moveTo(row, { focus: false });
});

function settle() {
  const root = list();
  if (root) showSelection(root);
}
document.addEventListener("htmx:afterSettle", settle);
settle();
