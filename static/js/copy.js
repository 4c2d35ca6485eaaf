// data-copies="id": puts the text of that element on the clipboard, and says so on the button and aloud.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    select(source); // no clipboard without HTTPS: the person presses Ctrl+C
    return;
  }
  const words = button.querySelector("span") ?? button;
  words.textContent = button.dataset.copied;
  const live = document.getElementById("live");
  if (live) live.textContent = button.dataset.copied;
});

function select(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
