// What is to stay fresh asks for itself again every so many seconds, as long as somebody can see it and does nothing with it.
const SECOND = 1000;

function ask(place) {
  if (document.visibilityState !== "visible" || !place.isConnected) return;
  if (place.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
  place.dispatchEvent(new CustomEvent("fresh"));
}

for (const place of document.querySelectorAll("[data-fresh]")) {
  let asked = Date.now();
  const due = () => Date.now() - asked >= place.dataset.fresh * SECOND;
  const turn = () => {
    if (!due()) return;
    asked = Date.now();
    ask(place);
  };
  setInterval(turn, SECOND);
  document.addEventListener("visibilitychange", turn);
}
