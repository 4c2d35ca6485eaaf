// Partial updates: what changed is read aloud, focus is never lost, a failure says so.
import { say } from "./toast.js";

const QUIET = 5000;
const region = document.getElementById("live");
const shelf = document.getElementById("toasts");
const told = new WeakMap();
let spoken = 0;
let next = 0;

export function announce(words) {
  if (!region) return;
  clearTimeout(next);
  const wait = Math.max(0, spoken + QUIET - Date.now());
  next = setTimeout(() => {
    spoken = Date.now();
    region.textContent = words;
  }, wait);
}

function readChanges(root) {
  const found = root.matches?.("[data-announce]") ? [root] : [...root.querySelectorAll("[data-announce]")];
  for (const element of found) {
    const words = element.dataset.announce || element.textContent.replace(/\s+/g, " ").trim();
    const name = element.id || element.dataset.announceName || "";
    if (name && told.get(document.body)?.get(name) === words) continue;
    if (!told.has(document.body)) told.set(document.body, new Map());
    told.get(document.body).set(name, words);
    announce(words);
  }
}

let held = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  held = target.contains(document.activeElement) ? target.id : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  readChanges(event.detail.elt);
  if (held && document.activeElement === document.body) {
    const target = document.getElementById(held);
    if (target && target.tabIndex < 0) target.tabIndex = -1;
    target?.focus({ preventScroll: true });
  }
  held = null;
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    if (shelf && !shelf.querySelector("[role=alert]")) say(shelf.dataset.failed, { alert: true });
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) shelf?.querySelectorAll("[role=alert]:not([data-toast])").forEach((toast) => toast.remove());
});
