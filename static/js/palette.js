// Ctrl-K: every place, every verb of the page, and what the server finds by id, name or EAN.
// The server answers GET {data-find}?q=… with {"results": [{"label", "note", "url", "icon"}]}.
import { open } from "./dialog.js";
import { labelOf, press } from "./keys.js";

const PAUSE = 150;
const SHOWN = 8;
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
let own = [];
let options = [];
let active = 0;
let asked = new AbortController();
let pause = 0;

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function gather() {
  const places = [...document.querySelectorAll("a[data-palette]")].map((link) => ({
    group: "places", label: link.dataset.palette, key: link.dataset.key, icon: iconOf(link), run: () => link.click(),
  }));
  const verbs = [...document.querySelectorAll("main :is([data-key], [data-verb], .page-head-actions > :is(a, button)), .topbar-tools [data-opens]")]
    .filter((element) => !element.disabled && element.ariaDisabled !== "true" && !element.closest("[data-row]"))
    .map((element) => ({ group: "verbs", label: labelOf(element), key: element.dataset.key, icon: iconOf(element), run: () => press(element) }));
  return [...verbs.filter((verb) => verb.label), ...places];
}

function iconOf(element) {
  return (element.matches("input") ? element.parentElement : element).querySelector("use")?.getAttribute("href").split("#")[1] ?? "right";
}

function picture(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function row(option, index) {
  const item = document.createElement("div");
  item.id = `palette-${index}`;
  item.role = "option";
  item.ariaSelected = String(index === active);
  const label = document.createElement("bdi");
  label.textContent = option.label;
  item.append(picture(option.icon), label);
  if (option.note) {
    const note = document.createElement("small");
    note.textContent = option.note;
    item.append(note);
  }
  if (option.key) {
    const kbd = document.createElement("kbd");
    kbd.className = "key";
    kbd.textContent = option.key.length === 1 ? option.key.toUpperCase() : option.key;
    item.append(kbd);
  }
  item.addEventListener("click", () => run(index));
  return item;
}

function draw() {
  const nodes = [];
  let group = "";
  options.forEach((option, index) => {
    if (option.group !== group) {
      group = option.group;
      const title = document.createElement("p");
      title.className = "palette-title";
      title.role = "presentation";
      title.textContent = list.dataset[group];
      nodes.push(title);
    }
    nodes.push(row(option, index));
  });
  if (!options.length) {
    const none = document.createElement("p");
    none.className = "palette-title";
    none.textContent = list.dataset.nothing;
    nodes.push(none);
  }
  list.replaceChildren(...nodes);
  point(Math.min(active, Math.max(0, options.length - 1)));
}

function point(index) {
  active = index;
  list.querySelectorAll("[role=option]").forEach((item, at) => (item.ariaSelected = String(at === index)));
  const item = document.getElementById(`palette-${index}`);
  if (item) input.setAttribute("aria-activedescendant", item.id);
  else input.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

function run(index) {
  const option = options[index];
  if (!option) return;
  dialog.close();
  option.run();
}

async function find(words) {
  asked.abort();
  asked = new AbortController();
  if (!dialog.dataset.find || words.length < 2) return [];
  const answer = await fetch(`${dialog.dataset.find}?${new URLSearchParams({ q: words })}`, {
    signal: asked.signal, headers: { Accept: "application/json" },
  });
  if (!answer.ok) return [];
  const { results } = await answer.json();
  return results.map((found) => ({ ...found, group: "found", icon: found.icon ?? "search", run: () => location.assign(found.url) }));
}

function type() {
  const words = plain(input.value.trim());
  const matching = own.filter((option) => plain(option.label).includes(words));
  options = words ? matching.slice(0, SHOWN) : matching;
  active = 0;
  draw();
  clearTimeout(pause);
  pause = setTimeout(async () => {
    try {
      const found = await find(input.value.trim());
      if (!found.length) return;
      options = [...matching.slice(0, SHOWN), ...found];
      draw();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }, PAUSE);
}

document.addEventListener("keydown", (event) => {
  if (!dialog || !(event.ctrlKey || event.metaKey) || event.code !== "KeyK" || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (dialog.open) {
    dialog.close();
    return;
  }
  own = gather();
  input.value = "";
  open(dialog);
  type();
  input.focus();
});

input?.addEventListener("input", type);
input?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (options.length) point((active + step + options.length) % options.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    run(active);
  }
});
