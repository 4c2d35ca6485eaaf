// A problem's position is a button: it puts the caret where the rule is wrong.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-caret]");
  if (!button) return;
  const field = document.getElementById(button.dataset.caretIn);
  const start = Number(button.dataset.caret);
  field.focus();
  field.setSelectionRange(start, start + Math.max(1, Number(button.dataset.caretLength)));
});
