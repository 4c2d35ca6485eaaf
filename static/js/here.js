// A case's page says every half minute that it is open, and whether its reader is: who does nothing for five minutes is away, and
// a case that they hold goes back once the page has been silent for some minutes.
const EVERY = 30_000;
const AWAY_AFTER = 300_000;
const place = document.querySelector("[data-here]");
let acted = Date.now();

// A tab in the background looks at nothing; one that holds the case keeps it while its reader looks something up elsewhere.
function beat() {
  const looks = document.visibilityState === "visible" || place.matches("[data-mine]");
  if (looks && place.isConnected) place.dispatchEvent(new CustomEvent("beat"));
}

for (const name of ["pointermove", "pointerdown", "keydown", "wheel", "scroll"]) {
  document.addEventListener(name, () => (acted = Date.now()), { passive: true, capture: true });
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== place) return;
  if (Date.now() - acted < AWAY_AFTER) event.detail.parameters.set("active", "1");
  if (place.matches("[data-mine]")) event.detail.parameters.set("mine", "1");
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "claim") place.removeAttribute("data-mine");
});

if (place) {
  document.addEventListener("visibilitychange", beat);
  setInterval(beat, EVERY);
  addEventListener("load", beat);
}
