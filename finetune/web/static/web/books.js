// Print a report that is made to be printed.
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) window.print();
});
