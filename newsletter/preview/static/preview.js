"use strict";
const at = (id) => document.getElementById(id);
const all = (what, inside) => [...(inside || document).querySelectorAll(what)];
const body = document.body, token = document.querySelector("meta[name=token]").content;
const USUAL = {key: "", list: "", reader: "ada", watch: "", law: "", version: "now", scheme: "light", images: "on",
  styles: "on", zoom: "off", width: "375", show: "mail", panel: "findings", beside: ""};
const PAGES = ["text", "script", "source", "headers", "inbox"];
const SCHEMES = all("[data-scheme]").map((one) => one.dataset.scheme);
let choice = read(), choices = null, known = {}, stream = null, drawing = 0, chosen = null;
let run = null, course = "", mark = null, hasMail = true;

// -- the choice, and the address that holds it
function read() {
  const given = new URLSearchParams(location.search), found = {...USUAL};
  for (const name of Object.keys(USUAL)) if (given.has(name)) found[name] = given.get(name);
  if (!/^(free|\d{3,4})$/.test(found.width)) found.width = USUAL.width;
  return found;
}
function query(more) {
  const held = new URLSearchParams(), now = {...choice, ...more};
  for (const name of ["key", "list", "reader", "watch", "law", "version", "scheme", "images", "styles"])
    if (now[name] !== USUAL[name]) held.set(name, now[name]);
  if (now.marks) held.set("marks", "on");
  return held.toString();
}
function address() {
  const held = new URLSearchParams();
  for (const name of Object.keys(USUAL)) if (choice[name] !== USUAL[name]) held.set(name, choice[name]);
  const text = held.toString();
  return text ? "?" + text : location.pathname;
}
function choose(change, quiet) {
  const before = {...choice};
  choice = {...choice, ...change};
  if (change.show !== undefined && change.beside === undefined) choice.beside = "";
  if (!quiet) history.pushState(null, "", address());
  apply(before);
}
addEventListener("popstate", () => { const before = choice; choice = read(); apply(before); });

// -- putting it on the page
function put(id, words) { if (at(id).textContent !== words) at(id).textContent = words; }
function press(list, on) { for (const one of list) one.setAttribute("aria-pressed", String(on(one))); }
function controls() {
  press(all("[data-width]"), (one) => one.dataset.width === choice.width);
  press(all("[data-scheme]"), (one) => one.dataset.scheme === choice.scheme);
  press(all("[data-show-as]"), (one) => one.dataset.showAs === choice.show);
  press(all("[data-flag]"), (one) => choice[one.dataset.flag] === (one.dataset.flag === "zoom" ? "on" : "off"));
  for (const one of all(".tabs button")) {
    const here = one.dataset.panel === choice.panel;
    one.setAttribute("aria-selected", String(here));
    one.tabIndex = here ? 0 : -1;
    if (here) at("panel").setAttribute("aria-labelledby", one.id);
  }
  if (!choices) return;
  const key = choice.key || choices.key || "";
  if (key && !all("option", at("key")).some((one) => one.value === key)) at("key").prepend(new Option(key, key));
  at("key").value = choice.key || (choices.file ? "" : choices.key);
  at("newer").disabled = !neighbour(-1); at("older").disabled = !neighbour(1);
  at("list").value = choice.list; at("reader").value = choice.reader;
  const law = choice.law.split(",").filter(Boolean);
  for (const one of all("#law input")) one.checked = law.includes(one.value);
  put("law-now", law.length ? law.join(" ") : choices.law.join(" "));
  if (key && !key.startsWith("letter.")) { at("session").value = key.slice(0, 10); at("kind").value = key.split(".")[2]; }
  for (const one of all("#forms a")) one.href = `/export/${one.dataset.form}?${query()}&width=${screenWidth()}`;
}
function screenWidth() { return choice.width === "free" ? Math.round(at("screen").offsetWidth) : Number(choice.width); }
function measure() {
  const wide = choice.beside ? Math.min(at("stage").clientWidth - 32, 2 * (Number(choice.width) || 640)) : choice.width === "free" ? Number(at("grip").getAttribute("aria-valuenow")) || 640 : Number(choice.width);
  const screen = at("screen");
  screen.style.width = wide + "px";
  screen.classList.toggle("zoom", choice.zoom === "on" && !choice.beside);
  screen.classList.toggle("dark", choice.scheme !== "light");
  screen.classList.toggle("pair", Boolean(choice.beside));
  at("grip").hidden = choice.width !== "free" || Boolean(choice.beside);
  if (choice.width === "free") resize(wide);
}
function resize(wide) {
  const width = Math.min(1600, Math.max(240, Math.round(wide)));
  at("screen").style.width = width + "px";
  at("grip").setAttribute("aria-valuenow", String(width));
  at("grip").setAttribute("aria-valuetext", width + " pixels");
}
const DRAWN = ["key", "list", "reader", "watch", "law", "version", "scheme", "images", "styles", "beside"];
function apply(before) {
  controls(); measure();
  if (before.key !== choice.key) { mark = null; run = null; listen(); return; }
  const again = DRAWN.some((name) => before[name] !== choice[name]);
  if (again || before.show !== choice.show) draw();
  else if (before.panel !== choice.panel) panel();
}
