// What a bill's page can do more with a script: copy its public address.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // No clipboard, as without HTTPS: the address is marked for the keyboard's own copy.
    field.select();
    return;
  }
  button.textContent = button.dataset.said;
  setTimeout(() => { button.textContent = words; }, 2000);
});
