// A page of listings: arrows move, a key or a click on the picture marks; what is marked and what has been in view is counted.
import { isTyping } from "./keys.js";
import { moveTo } from "./table.js";

const form = document.querySelector("form[data-grid]");
const tiles = [...(form?.querySelectorAll("[data-row]") ?? [])];
const judged = tiles.filter((tile) => tile.matches("[data-tile]"));
const buttons = [...document.querySelectorAll("[data-mark]")];
const store = `grid-${form?.dataset.grid}`;
const APPROVE = "approve";
let brush = buttons[0]?.dataset.mark ?? "";

const field = (tile, name) => tile.querySelector(`[name="${name}-${tile.dataset.row}"]`);
const current = () => tiles.find((tile) => tile.ariaCurrent === "true");

// --- marking -------------------------------------------------------------------------------------

function answer(tile, value) {
  const select = field(tile, "mark");
  if (![...select.options].some((option) => option.value === value)) return;
  select.value = value;
  show();
}

function chooseBrush(value) {
  if (value === APPROVE) return;
  brush = value;
  for (const button of buttons) if (button.dataset.mark !== APPROVE) button.ariaPressed = String(button.dataset.mark === brush);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mark]");
  if (button && form) {
    const tile = current();
    chooseBrush(button.dataset.mark);
    if (tile?.matches("[data-tile]")) answer(tile, button.dataset.mark);
    return;
  }
  const picture = event.target.closest("form[data-grid] [data-toggle]");
  if (!picture || event.target.closest("button, a")) return;
  const tile = picture.closest("[data-tile]");
  moveTo(tile);
  answer(tile, tile.dataset.answer === APPROVE ? brush : APPROVE);
});

form?.addEventListener("input", () => show());

// --- what the bar says, kept while a case is read elsewhere --------------------------------------

function show() {
  for (const tile of judged) tile.dataset.answer = field(tile, "mark").value;
  const marked = judged.filter((tile) => tile.dataset.answer !== APPROVE).length;
  const unseen = judged.filter((tile) => !tile.querySelector("[name=seen]").checked && tile.dataset.answer === APPROVE).length;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  form.querySelector("[data-approved]").textContent = number.format(judged.length - marked);
  form.querySelector("[data-marked]").textContent = number.format(marked);
  form.querySelector("[data-unseen-count]").textContent = number.format(unseen);
  form.querySelector("[data-unseen]").hidden = unseen === 0;
  const kept = judged.map((tile) => [tile.dataset.row, tile.dataset.answer, field(tile, "reason").value, tile.querySelector("[name=seen]").checked]);
  sessionStorage.setItem(store, JSON.stringify(kept));
}

function restore() {
  for (const [row, value, reason, seen] of JSON.parse(sessionStorage.getItem(store) ?? "[]")) {
    const tile = judged.find((each) => each.dataset.row === row);
    if (!tile) continue;
    if ([...field(tile, "mark").options].some((option) => option.value === value)) field(tile, "mark").value = value;
    field(tile, "reason").value = reason;
    tile.querySelector("[name=seen]").checked = seen;
  }
}

// --- what has been in view: most of a tile, with its picture there, or the word that there is none ------

const inView = new Set();

function see(tile) {
  if (tile.querySelector(".photos[hx-post]")) return;
  const picture = tile.querySelector("img");
  if (picture && !(picture.complete && picture.naturalWidth > 0)) {
    picture.addEventListener("load", () => see(tile), { once: true });
    return;
  }
  tile.querySelector("[name=seen]").checked = true;
  watcher.unobserve(tile);
  show();
}

const watcher = new IntersectionObserver((found) => {
  for (const { target, isIntersecting } of found) {
    if (isIntersecting) {
      inView.add(target);
      see(target);
    } else inView.delete(target);
  }
}, { threshold: 0.75 });

document.addEventListener("htmx:afterSettle", () => inView.forEach(see));

// --- arrows --------------------------------------------------------------------------------------

function beside(tile, key) {
  const here = tiles.indexOf(tile);
  const rtl = getComputedStyle(form).direction === "rtl";
  const ahead = rtl ? "ArrowLeft" : "ArrowRight";
  if (key === ahead) return tiles[here + 1];
  if (key === "ArrowLeft" || key === "ArrowRight") return tiles[here - 1];
  const columns = tiles.filter((each) => each.offsetTop === tiles[0].offsetTop).length;
  return tiles[here + (key === "ArrowDown" ? columns : -columns)];
}

document.addEventListener("keydown", (event) => {
  if (!form || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!event.key.startsWith("Arrow") || document.querySelector("dialog[open]")) return;
  const next = beside(current() ?? tiles[0], event.key);
  event.preventDefault();
  if (next) moveTo(next);
});

if (form) {
  restore();
  chooseBrush(brush);
  show();
  judged.forEach((tile) => watcher.observe(tile));
}
