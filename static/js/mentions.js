// In a textarea with data-mentions an @ offers colleagues from its form's data-colleagues: arrows move, Enter or Tab takes one.
const PAUSE = 120;
let list = null;
let field = null;
let names = [];
let active = 0;
let pause = 0;
let asked = new AbortController();

function typed(area) {
  const match = area.value.slice(0, area.selectionStart).match(/(?:^|\s)@([^@\n]{0,30})$/);
  return match ? match[1] : null;
}

function close() {
  asked.abort();
  clearTimeout(pause);
  list?.remove();
  list = null;
  names = [];
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

function point(index) {
  active = index;
  [...list.children].forEach((item, at) => (item.ariaSelected = String(at === index)));
  field.setAttribute("aria-activedescendant", list.children[index].id);
}

function draw() {
  list ??= Object.assign(document.createElement("ul"), { id: "mentions", role: "listbox", className: "mentions" });
  list.ariaLabel = field.closest("form").dataset.colleaguesLabel ?? "";
  list.replaceChildren(...names.map((name, at) => {
    const item = Object.assign(document.createElement("li"), { id: `mention-${at}`, role: "option", textContent: name });
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(at);
    });
    return item;
  }));
  field.after(list);
  field.setAttribute("aria-controls", "mentions");
  point(0);
}

function take(index) {
  const end = field.selectionStart;
  const start = field.value.slice(0, end).lastIndexOf("@");
  field.setRangeText(`@${names[index]} `, start, end, "end");
  close();
}

async function find(words) {
  asked.abort();
  asked = new AbortController();
  const address = `${field.closest("form").dataset.colleagues}?${new URLSearchParams({ q: words })}`;
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
    names = answer.ok ? (await answer.json()).results : [];
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return;
  }
  if (names.length && typed(field) !== null) draw();
  else close();
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("textarea[data-mentions]")) return;
  field = event.target;
  const words = typed(field);
  clearTimeout(pause);
  if (words === null) close();
  else pause = setTimeout(() => find(words), PAUSE);
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) point((active + step + names.length) % names.length);
  else if (event.key === "Enter" || event.key === "Tab") take(active);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
