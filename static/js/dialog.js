// Native dialogs: data-opens="id" shows one, data-closes closes it, data-open shows one that a partial update has brought.
const FIELDS = [
  "input:not([type=hidden], [type=radio], [type=checkbox], [type=file])", "input[type=radio]:checked", ".choices:not(:has(:checked)) input", "select", "textarea",
];
const FIRST = FIELDS.map((field) => `.dialog-body ${field}:not(details:not([open]) *, [hidden] *)`).join(", ");

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.dispatchEvent(new CustomEvent("opening"));
  dialog.showModal();
  dialog.querySelector(FIRST)?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    open(document.getElementById(opener.dataset.opens));
    return;
  }
  if (event.target.closest("[data-closes]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  if (event.target instanceof HTMLDialogElement && outside(event.target, event)) event.target.close();
  if (event.target.closest("[data-back]")) history.back();
});

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return !inside && event.detail > 0;
}

function openBrought() {
  for (const dialog of document.querySelectorAll("dialog[data-open]")) {
    delete dialog.dataset.open;
    open(dialog);
    // Once it has settled, htmx would take the focus from the first field to what has this attribute.
    dialog.querySelector("[autofocus]")?.removeAttribute("autofocus");
  }
}

// At once after the swap, not when it has settled: the next key must find the dialog open, not what lies behind it.
document.addEventListener("htmx:afterSwap", openBrought);
openBrought();
