// data-once: a form is sent once. data-unsaved="words": leaving with changes asks first. data-submit-on-change: sent on a choice.
const changed = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  changed.delete(form);
  if (!form.hasAttribute("data-once")) return;
  if (form.ariaBusy === "true") {
    event.preventDefault();
    return;
  }
  form.ariaBusy = "true";
  // After the browser has read the pressed button's own name and value.
  setTimeout(() => event.submitter?.setAttribute("aria-disabled", "true"), 0);
});

function release(form) {
  form.ariaBusy = null;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-once]").forEach(release);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.("form[data-once]")) release(event.target);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-unsaved")) changed.add(form);
});

addEventListener("beforeunload", (event) => {
  for (const form of changed) if (!form.isConnected) changed.delete(form);
  if (changed.size) event.preventDefault();
});

document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});

// What was left empty does not belong in an address.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// A demo login fills the sign-in form.
document.addEventListener("click", (event) => {
  const login = event.target.closest("[data-fill]");
  if (!login) return;
  for (const [name, value] of Object.entries(JSON.parse(login.dataset.fill))) {
    const field = document.querySelector(`form [name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
  document.querySelector("form [type='submit']")?.focus();
});

document.querySelector("[data-errors]")?.focus();
