"use strict";
// Dialogs close by their own button, and a chosen instant chooses its radio button.
document.addEventListener("click", (event) => {
  const close = event.target.closest?.("[data-close]");
  if (close) close.closest("dialog").close();
});
document.addEventListener("input", (event) => {
  if (event.target.name !== "at") return;
  const one = event.target.form && event.target.form.querySelector("input[name=when][value=at]");
  if (one) one.checked = true;
});
