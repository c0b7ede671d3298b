"use strict";
// The review room: how the mail is shown, and a sentence beside its proof.
{
const room = first(".desk"), frame = first("#mail"), sheet = first("#sheet"), screen = first("#screen"), panel = first("#panel");
const key = room.dataset.key, at = room.dataset.latest === "yes" ? "" : room.dataset.revision;
const shown = {view: "mail", width: innerWidth < 760 ? "375" : "768", scheme: "light", images: "on", tickers: "off"};
let chosen = -1;

function query() {
  const given = new URLSearchParams();
  if (at) given.set("revision", at);
  if (shown.scheme !== "light") given.set("scheme", shown.scheme);
  if (shown.images === "off") given.set("images", "off");
  if (shown.tickers === "on") given.set("tickers", "on");
  const text = given.toString();
  return text ? "?" + text : "";
}
function press(name, value) {
  for (const one of every(`[data-${name}]`, first(".tools"))) one.setAttribute("aria-pressed", String(one.dataset[name] === value));
}
function draw(keep) {
  const page = frame.contentWindow, down = keep && page ? page.scrollY : 0;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, down), {once: true});
  frame.src = `/editions/${key}/mail${query()}`;
}
async function view(name) {
  shown.view = name; press("view", name);
  screen.hidden = name !== "mail"; sheet.hidden = name === "mail";
  if (name === "mail") return;
  const answer = await fetch(`/editions/${key}/view/${name}${query()}`, {headers: {"HX-Request": "true"}});
  sheet.innerHTML = await answer.text();
}
first(".tools").addEventListener("click", (event) => {
  const one = event.target.closest?.("button"); if (!one) return;
  const {view: form, width, scheme, flag} = one.dataset;
  if (form) view(form);
  if (width) { shown.width = width; press("width", width); screen.style.maxWidth = width + "px"; }
  if (scheme) { shown.scheme = scheme; press("scheme", scheme); draw(true); }
  if (flag) {
    shown[flag] = shown[flag] === "on" ? "off" : "on"; one.setAttribute("aria-pressed", String(shown[flag] !== (flag === "images" ? "on" : "off")));
    if (flag === "tickers" && shown.view === "text") view("text");
    draw(true);
  }
});
press("width", shown.width); screen.style.maxWidth = shown.width + "px";

// -- a sentence and its proof
function page() { return frame.contentDocument; }
function spot(number) { return page() && page().querySelector(`mark[data-claim="${Number(number)}"]`); }
function row(number) { return first(`#claim-${Number(number)}`); }
function light(number, move) {
  if (page()) for (const one of page().querySelectorAll("mark.at")) one.classList.remove("at");
  for (const one of every(".claims li.at")) one.classList.remove("at");
  chosen = Number(number);
  const mark = spot(number), item = row(number);
  if (mark) { mark.classList.add("at"); if (move === "mail") mark.scrollIntoView({block: "center"}); }
  if (item) { item.classList.add("at"); if (move === "panel") item.scrollIntoView({block: "nearest"}); }
}
function wire() {
  const inside = page(); if (!inside) return;
  const claim = (event) => event.target.closest && event.target.closest("mark[data-claim]");
  inside.addEventListener("mouseover", (event) => { const one = claim(event); if (one) light(one.dataset.claim, "panel"); });
  inside.addEventListener("click", (event) => {
    const one = claim(event); if (!one) return;
    const show = () => { const item = row(one.dataset.claim); if (item) { light(one.dataset.claim, "panel"); first("details", item).open = true; } };
    if (row(one.dataset.claim)) show(); else open("claims").then(show);
  });
  inside.addEventListener("keydown", (event) => document.dispatchEvent(new KeyboardEvent("keydown", {key: event.key, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey})));
}
frame.addEventListener("load", wire);
if (page() && page().readyState === "complete") wire();
panel.addEventListener("mouseover", (event) => { const one = event.target.closest?.("li[data-shown]"); if (one) light(one.dataset.mark, ""); });
panel.addEventListener("toggle", (event) => { const one = event.target.closest?.("li[data-shown]"); if (one && event.target.open) light(one.dataset.mark, "mail"); }, true);
panel.addEventListener("input", (event) => {
  if (event.target.id !== "find") return;
  const words = event.target.value.toLowerCase();
  for (const one of every(".claims li", panel)) one.hidden = !one.textContent.toLowerCase().includes(words);
});

// -- the panels
async function open(name) {
  for (const one of every("[role=tab]")) {
    const here = one.dataset.panel === name;
    one.setAttribute("aria-selected", String(here)); one.tabIndex = here ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", "tab-" + name);
  await htmx.ajax("GET", `/editions/${key}/panel/${name}${at ? "?revision=" + at : ""}`, {target: "#panel", swap: "innerHTML"});
  panel.scrollTop = 0;
}
first(".tabs").addEventListener("click", (event) => {
  const one = event.target.closest?.("[role=tab]"); if (!one || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); open(one.dataset.panel);
});
first(".tabs").addEventListener("keydown", (event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key]; if (!step) return;
  const list = every("[role=tab]"), place = list.indexOf(document.activeElement);
  const next = list[(place + step + list.length) % list.length];
  next.focus(); open(next.dataset.panel); event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.target.closest && event.target.closest("input,select,textarea,dialog"))) return;
  const step = {j: 1, k: -1}[event.key]; if (!step) return;
  const list = every(".claims li[data-shown]:not([hidden])"), place = list.findIndex((one) => Number(one.dataset.mark) === chosen);
  const next = list[Math.min(list.length - 1, Math.max(0, place + step))];
  if (next) { light(next.dataset.mark, "mail"); next.scrollIntoView({block: "nearest"}); }
});
window.reviewRoom = {open, draw, light};
}
