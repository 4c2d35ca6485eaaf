// Popover menus: arrow keys move, a press closes. Where CSS cannot place them beside their button, this does.
const PLACED_BY_CSS = CSS.supports("position-area: block-end");
const GAP = 4;

function items(menu) {
  return [...menu.querySelectorAll("a[href], button:not(:disabled), input:not(:disabled), select, textarea")];
}

function place(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (PLACED_BY_CSS || !button) return;
  const at = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const fromRight = getComputedStyle(button).direction === "ltr" ? at.right - box.width : at.left;
  const below = at.bottom + GAP + box.height < innerHeight;
  menu.style.left = `${Math.max(GAP, Math.min(fromRight, innerWidth - box.width - GAP))}px`;
  menu.style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - box.height - GAP)}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[popover]")) return;
    if (event.newState === "open") {
      place(menu);
      items(menu)[0]?.focus();
    } else if (menu.contains(document.activeElement)) {
      document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.focus();
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || menu.classList.contains("is-form")) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const ends = { Home: 0, End: -1 }[event.key];
  if (step === undefined && ends === undefined) return;
  const all = items(menu);
  const here = all.indexOf(document.activeElement);
  const next = step === undefined ? all.at(ends) : all[(here + step + all.length) % all.length];
  next?.focus();
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const menu = event.target.closest(".menu[popover]:not(.is-form)");
  if (menu && event.target.closest("a, button[type='button']")) menu.hidePopover();
});

// What a menu fetches when it opens takes the focus from the button.
document.addEventListener("htmx:afterSettle", (event) => {
  const menu = event.detail.elt.closest?.("[popover]:popover-open");
  if (menu && !menu.contains(document.activeElement)) items(menu)[0]?.focus();
});

// A chip opens the filter menu at its own field.
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-focus]")?.dataset.focus;
  if (name) setTimeout(() => document.querySelector(`[popover]:popover-open [name="${CSS.escape(name)}"]`)?.focus(), 0);
});
