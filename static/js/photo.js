// A blurred photo is shown sharp for as long as the person wants, on this page only.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const sharp = button.closest(".photo").classList.toggle("is-sharp");
  button.ariaPressed = String(sharp);
});
