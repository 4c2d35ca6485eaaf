// News about what was just done. With an undo it counts down to the moment from which undoing is another act.
const PLAIN_SECONDS = 7;
const shelf = document.getElementById("toasts");

function leave(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 200);
}

function start(toast) {
  const bar = toast.querySelector("progress");
  const undo = toast.querySelector("form");
  const end = performance.now() + 1000 * (undo ? Number(toast.dataset.seconds) : PLAIN_SECONDS);
  if (!undo && toast.role === "alert") return;
  const tick = () => {
    if (!toast.isConnected) return;
    const left = (end - performance.now()) / 1000;
    if (bar) bar.value = Math.max(0, left);
    if (left > 0 || (!undo && toast.matches(":hover, :focus-within"))) setTimeout(tick, 250);
    else leave(toast);
  };
  tick();
}

export function say(words, { alert = false } = {}) {
  const toast = document.createElement("div");
  toast.className = "toast is-inverse";
  toast.role = alert ? "alert" : "status";
  const text = document.createElement("b");
  text.textContent = words;
  toast.append(document.createElement("span"), text);
  shelf?.append(toast);
}

if (shelf) {
  shelf.querySelectorAll(".toast").forEach(start);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) start(node);
  }).observe(shelf, { childList: true });
  shelf.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) leave(event.target.closest(".toast"));
  });
}
