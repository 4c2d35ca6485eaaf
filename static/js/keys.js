// data-key="r" presses its element; "g h" is a chord; "Ctrl+Enter" works while typing, and nothing else does.
const CHORD_WAIT = 900;
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=range]), textarea, select, [contenteditable=true]";
let prefix = "";
let waiting = 0;

function nameOf(event) {
  // On an Arabic or Greek layout a letter key still means its place on the keyboard.
  const letter = /^[ -~]$/.test(event.key) || !event.code.startsWith("Key") ? event.key : event.code.slice(3);
  const key = letter.length === 1 ? letter.toLowerCase() : letter;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

export function isTyping(target) {
  return target instanceof Element && target.matches(TYPING);
}

function scope() {
  return [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
}

function usable(element) {
  if (element.disabled || element.ariaDisabled === "true") return false;
  const follower = element.closest("[data-follows]");
  if (follower && follower.ariaCurrent !== "true") return false;
  const row = element.closest("[data-row]");
  if (row && row.ariaCurrent !== "true" && !row.classList.contains("is-cursor")) return false;
  return element.closest("[popover]") !== null || element.checkVisibility();
}

function bound(test) {
  return [...scope().querySelectorAll("[data-key]")].filter((element) => test(element.dataset.key.toLowerCase()) && usable(element));
}

// Ctrl+Enter in a field sends the form that the field belongs to, or nothing: never another one beside it.
function senderOf(field, bounds) {
  const sends = [...scope().querySelectorAll("[type=submit]")].filter((each) => each.form === field.form && usable(each));
  return bounds.find((each) => each.form === field.form) ?? sends.find((each) => each.matches(".is-primary")) ?? sends[0];
}

export function press(element) {
  if (element.matches("summary")) element.focus();
  if (isTyping(element)) {
    element.focus();
    element.select?.();
    return;
  }
  element.click();
  if (element.matches("input")) element.dispatchEvent(new Event("input", { bubbles: true }));
}

function finish() {
  clearTimeout(waiting);
  prefix = "";
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const key = nameOf(event);
  // A field of a dialog that has just closed keeps the focus until the next frame; nobody types there.
  const typing = isTyping(event.target) && event.target.checkVisibility();
  if (typing && key !== "Ctrl+Enter") return;
  if (event.shiftKey && /^[a-z]$/.test(key)) return;
  if (key === "Enter" && event.target.closest?.("a, button, summary, [role=option]")) return;
  const wanted = (prefix ? `${prefix} ${key}` : key).toLowerCase();
  const bounds = bound((name) => name === wanted);
  const element = typing && event.target.form ? senderOf(event.target, bounds) : bounds[0];
  const chord = !prefix && bound((name) => name.startsWith(`${wanted} `)).length > 0;
  finish();
  if (!element && !chord) return;
  event.preventDefault();
  if (!chord) {
    press(element);
    return;
  }
  prefix = wanted;
  waiting = setTimeout(() => {
    finish();
    if (element) press(element);
  }, CHORD_WAIT);
});

// Escape leaves a field, so that keys are verbs again. A dialog or a list of suggestions closes first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !isTyping(event.target)) return;
  if (event.target.closest("dialog[open], [popover]") || event.target.ariaExpanded === "true") return;
  event.target.blur();
});

// --- the list of keys ------------------------------------------------------------------------

export function labelOf(element) {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  if (element.ariaLabel) return element.ariaLabel;
  const copy = (element.matches("input") ? element.closest("label") : element)?.cloneNode(true);
  copy?.querySelectorAll("kbd, .count, svg").forEach((part) => part.remove());
  return copy?.textContent.trim() ?? "";
}

function caps(key) {
  const printed = { enter: "↵", "ctrl+enter": "Ctrl ↵", escape: "Esc" };
  return key.split(" ").map((part) => printed[part.toLowerCase()] ?? (/^[a-z]$/.test(part) && !"jkx".includes(part) ? part.toUpperCase() : part));
}

function line(key, label) {
  const item = document.createElement("li");
  const keys = document.createElement("span");
  keys.className = "key-set";
  for (const cap of caps(key)) {
    const kbd = document.createElement("kbd");
    kbd.className = "key";
    kbd.textContent = cap;
    keys.append(kbd);
  }
  item.append(keys, label);
  return item;
}

function listKeys(list) {
  const seen = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.closest("dialog")) continue;
    const label = labelOf(element);
    if (label && !seen.has(element.dataset.key)) seen.set(element.dataset.key, label);
  }
  const own = [...seen].filter(([key]) => !key.includes(" "));
  const chords = [...seen].filter(([key]) => key.includes(" "));
  const rows = document.querySelector("[data-cursor]") ? ["j", "k", "x", "Enter"].map((key, i) => [key, list.dataset.tableLabels.split("|")[i]]) : [];
  const help = own.findIndex(([key]) => key === "?");
  own.push(...own.splice(help, help < 0 ? 0 : 1));
  const all = [...own, ...rows.filter(([key]) => !seen.has(key)), ["Ctrl K", list.dataset.paletteLabel], ...chords];
  list.replaceChildren(...all.map(([key, label]) => line(key, label)));
}

document.getElementById("keys")?.addEventListener("opening", (event) => listKeys(event.target.querySelector("[data-keys-list]")));
