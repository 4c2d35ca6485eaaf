// A claim counts down in sight, warns two minutes before its end, and says when it has ended.
import { announce } from "./live.js";
import { say } from "./toast.js";

const SOON = 120;
const warned = new WeakSet();
const over = new WeakSet();

function words(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

function show(claim) {
  const left = Math.max(0, Math.floor((new Date(claim.dataset.until) - Date.now()) / 1000));
  claim.querySelector("[data-left]").textContent = words(left);
  claim.querySelector("progress").value = left;
  const soon = left <= SOON && left > 0;
  claim.classList.toggle("is-caution", soon);
  claim.querySelector("[data-warning]").hidden = !soon;
  if (soon && !warned.has(claim)) {
    warned.add(claim);
    announce(claim.dataset.soon);
  }
  if (left === 0 && !over.has(claim)) {
    over.add(claim);
    say(claim.dataset.over, { alert: true });
    claim.dispatchEvent(new CustomEvent("claim-over", { bubbles: true }));
  }
}

function tick() {
  document.querySelectorAll("[data-claim]").forEach(show);
}

if (document.querySelector("[data-claim]")) {
  tick();
  setInterval(tick, 1000);
}
