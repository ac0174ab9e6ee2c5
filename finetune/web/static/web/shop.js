// What every page of the shop can do with its keyboard and its small menus. No page needs it to work.
"use strict";

document.documentElement.classList.add("has-script");

const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

// "/" finds, from wherever nothing is being typed; Escape leaves a menu.
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
    const find = document.querySelector("[data-find]");
    if (find) {
      event.preventDefault();
      find.focus();
    }
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details[data-closes][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
});

// A click elsewhere closes a menu; data-opens and data-closes-dialog open and close a dialog.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const closer = event.target.closest("[data-closes-dialog]");
  if (closer) closer.closest("dialog").close();
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && "sendsItself" in form.dataset) form.requestSubmit();
});

// A form is sent once. Its key makes a second press harmless; the button shows that the first was heard.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.method !== "post" || event.defaultPrevented || !button) return;
  setTimeout(() => { button.disabled = true; }, 0);
  setTimeout(() => { button.disabled = false; }, 8000);
});
