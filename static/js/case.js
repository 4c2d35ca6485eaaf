// A case's page: verdicts shown beside the evidence, one verdict for all, and what depends on the measure.
const form = document.getElementById("decision");
const evidence = document.getElementById("work");

function verdictOf(item) {
  return form?.querySelector(`#verdicts input[name="verdict-${CSS.escape(item)}"]:checked`)?.value ?? "";
}

// --- the badge beside each listing says what the panel says -------------------------------------

function showVerdict(item) {
  const place = evidence?.querySelector(`[data-verdict-of="${CSS.escape(item)}"]`);
  if (!place || !form) return;
  const badge = document.getElementById(`badge-${verdictOf(item)}`);
  place.replaceChildren(...(badge ? [badge.content.cloneNode(true)] : []));
}

function showVerdicts() {
  for (const row of form?.querySelectorAll("#verdicts [data-follows]") ?? []) showVerdict(row.dataset.follows);
  const fine = form?.querySelector('#verdicts input[value="fine"]:checked');
  const reason = form?.querySelector("[data-for-fine]");
  if (reason) reason.hidden = !fine;
}

function changed() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- all at once ---------------------------------------------------------------------------------

function giveAll(verdict) {
  form.querySelectorAll(`#verdicts input[value="${CSS.escape(verdict)}"]`).forEach((radio) => (radio.checked = true));
  form.querySelectorAll("[data-entered]").forEach((field) => field.remove());
  showVerdicts();
}

form?.addEventListener("change", (event) => {
  const { name, value } = event.target;
  if (name === "verdict_all") giveAll(value);
  else if (name?.startsWith("verdict-")) {
    showVerdicts();
    // Where every listing stands here, "all" has said what it had to say.
    const all = form.querySelector('input[name="verdict_all"]:checked');
    if (all && all.value !== value && !document.querySelector("[data-more]")) all.checked = false;
  }
  else if (name === "measure") showMeasure();
});

function showMeasure() {
  const chosen = form?.querySelector('input[name="measure"]:checked')?.value ?? "";
  for (const row of form?.querySelectorAll("[data-for-measure]") ?? []) row.hidden = !row.dataset.forMeasure.split(" ").includes(chosen);
}

// Shift with a digit types another character on every layout, so the place of the key counts.
document.addEventListener("keydown", (event) => {
  if (!event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || !/^Digit[123]$/.test(event.code)) return;
  if (event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const radios = [...(form?.querySelectorAll('input[name="verdict_all"]') ?? [])];
  const radio = radios[Number(event.code.at(-1)) - 1];
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  giveAll(radio.value);
  changed();
});

// --- moving between listings, tabs and pages of listings -----------------------------------------

function follow(item) {
  for (const row of form?.querySelectorAll("#verdicts [data-follows]") ?? []) {
    row.ariaCurrent = row.dataset.follows === item ? "true" : null;
    if (row.ariaCurrent) row.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("cursor", (event) => {
  follow(event.detail.row);
  const rows = [...(evidence?.querySelectorAll("[data-row]") ?? [])];
  if (rows.at(-1)?.dataset.row === event.detail.row) document.querySelector("[data-more]")?.click();
});

// What was entered for a listing that had not been shown yet comes with it.
function takeOver() {
  for (const field of form?.querySelectorAll("[data-entered]") ?? []) {
    const radio = form.querySelector(`#verdicts input[name="${CSS.escape(field.name)}"][value="${CSS.escape(field.value)}"]`);
    if (!radio) continue;
    radio.checked = true;
    field.remove();
  }
  const all = form?.querySelector('input[name="verdict_all"]:checked')?.value;
  for (const row of all ? form.querySelectorAll("#verdicts [data-follows]") : []) {
    if (!verdictOf(row.dataset.follows)) row.querySelector(`input[value="${CSS.escape(all)}"]`).checked = true;
  }
}

// At once after the swap, not when it has settled: a key pressed meanwhile must find what is in sight.
let pane = document.getElementById("pane");
document.addEventListener("htmx:afterSwap", () => {
  takeOver();
  showVerdicts();
  if (pane === document.getElementById("pane")) return;
  pane = document.getElementById("pane");
  const shown = pane?.querySelector("[data-current-item]")?.dataset.currentItem;
  if (shown) follow(shown);
  else resume();
});

// Back among the listings, the one that was being judged is open again.
function resume() {
  const item = form?.querySelector("#verdicts [aria-current=true]")?.dataset.follows;
  const row = item && evidence.querySelector(`[data-row="${CSS.escape(item)}"]`);
  if (!row) return;
  for (const each of evidence.querySelectorAll("[data-row]")) each.ariaCurrent = each === row ? "true" : null;
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:configRequest", (event) => {
  const current = form?.querySelector("#verdicts [aria-current=true]")?.dataset.follows;
  if (current && event.detail.elt.dataset.changes && event.detail.path === event.detail.elt.dataset.changes) {
    event.detail.parameters.set("item", current);
  }
});

takeOver();
showVerdicts();
showMeasure();
