// A blurred photo is shown sharp for as long as the person wants, on this page only. Of several, the one that is pressed is shown large.
// Each that is seen sharp so is counted for the person alone: by an element of its own, so that none waits for another's answer.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const sharp = button.closest(".photo").classList.toggle("is-sharp");
  button.ariaPressed = String(sharp);
  count(button.closest(".photos"));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-photo]");
  if (!button) return;
  const photos = button.closest(".photos");
  const large = photos.querySelector(".photo img");
  large.src = button.dataset.photo;
  large.alt = button.querySelector("img").alt;
  for (const other of photos.querySelectorAll("[data-photo]")) other.removeAttribute("aria-current");
  button.setAttribute("aria-current", "true");
  count(photos);
});

function count(photos) {
  if (!photos?.querySelector(".photo.is-sharp")) return;
  const large = photos.querySelector("[data-photo][aria-current]")?.dataset.position;
  const counting = large === undefined ? "[data-uncovered]" : `[data-uncovered="${large}"]`;
  photos.querySelector(counting)?.dispatchEvent(new Event("uncovered"));
}
