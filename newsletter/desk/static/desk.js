"use strict";
// What every page of the desk shares. Pages work without it; it makes them quicker.
const first = (what, inside) => (inside || document).querySelector(what);
const every = (what, inside) => [...(inside || document).querySelectorAll(what)];
const token = first("meta[name=csrf]").content;

// Acts carry the page's token, and the desk refuses those that do not.
document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx ? event.detail.ctx.request : event.detail;
  request.headers["X-CSRF-Token"] = token;
});

// A page that is being left is not loaded anew: that would keep the editor on it. It goes on
// as before where the editor stays after all.
let leaving = 0;
addEventListener("beforeunload", () => { leaving = Date.now(); });
document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.hx.refresh && Date.now() - leaving < 10_000) event.preventDefault();
});

// What was told goes by itself, unless it is a problem or somebody reads it.
const told = first("#told");
let fading = 0;
new MutationObserver(() => {
  clearTimeout(fading);
  if (first(".done", told)) fading = setTimeout(() => { if (!told.matches(":hover")) told.replaceChildren(); }, 7000);
}).observe(told, {childList: true});
told.addEventListener("click", () => told.replaceChildren());

// Times that pass.
function lasting(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return minutes ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : `${seconds} s`;
}
// The server's clock is the desk's clock; a page only counts on from it.
setInterval(() => {
  for (const one of every("time.until")) {
    const seconds = Math.round((Date.parse(one.dateTime) - Date.now()) / 1000);
    one.textContent = seconds >= 0 ? `in ${lasting(seconds)}` : `${lasting(-seconds)} ago`;
  }
}, 1000);

// The bar.
const burger = first(".burger");
if (burger) burger.addEventListener("click", () => {
  const open = first(".bar").classList.toggle("open");
  burger.setAttribute("aria-expanded", String(open));
});
document.addEventListener("click", (event) => {
  for (const one of every("details.menu[open]")) if (!one.contains(event.target)) one.open = false;
  const opens = event.target.closest?.("[data-dialog]");
  if (opens) first("#" + opens.dataset.dialog).showModal();
});

// Keys: g and a room's letter; a page adds its own by data-press on what they press.
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || first("dialog[open]")) return;
  if (event.target.closest?.("input,select,textarea,[contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Escape") for (const one of every("details.menu[open]")) one.open = false;
  if (Date.now() - going < 1500) {
    going = 0;
    const room = first(`.bar nav a[data-key="${CSS.escape(event.key)}"]`);
    if (room) { event.preventDefault(); location.href = room.href; }
    return;
  }
  if (event.key === "g") { going = Date.now(); return; }
  if (event.key === "?" && first("#keys")) { first("#keys").showModal(); event.preventDefault(); return; }
  const press = first(`[data-press="${CSS.escape(event.key)}"]`);
  if (press) { event.preventDefault(); if (press.matches("input,textarea,select")) press.focus(); else press.click(); }
});
