// data-inserts="text" data-into="selector": puts a text into a field, in a textarea where the cursor is; data-canned names it in the form.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-inserts]");
  const field = choice && document.querySelector(choice.dataset.into);
  if (!field) return;
  choice.closest("dialog")?.close();
  const text = choice.dataset.inserts;
  if (field.matches("textarea")) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  else field.value = text;
  if (choice.dataset.canned) note(field.form, choice.dataset.canned);
  field.closest("[hidden]")?.removeAttribute("hidden");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

function note(form, key) {
  if (form.querySelector(`input[name="canned"][value="${CSS.escape(key)}"]`)) return;
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = "canned";
  hidden.value = key;
  form.append(hidden);
}
