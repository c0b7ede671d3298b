"use strict";
const at = (id) => document.getElementById(id);
const all = (what, inside) => [...(inside || document).querySelectorAll(what)];
const body = document.body, token = document.querySelector("meta[name=token]").content;
const USUAL = {key: "", list: "", reader: "ada", law: "", version: "now", scheme: "light", images: "on",
  styles: "on", zoom: "off", width: "375", show: "mail", panel: "findings", beside: ""};
const PAGES = ["text", "script", "source", "headers", "inbox"];
const SCHEMES = ["light", "dark", "forced", "partial"];
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
  for (const name of ["key", "list", "reader", "law", "version", "scheme", "images", "styles"])
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
const DRAWN = ["key", "list", "reader", "law", "version", "scheme", "images", "styles", "beside"];
function apply(before) {
  controls(); measure();
  if (before.key !== choice.key) { mark = null; run = null; listen(); return; }
  const again = DRAWN.some((name) => before[name] !== choice[name]);
  if (again || before.show !== choice.show) draw();
  else if (before.panel !== choice.panel) panel();
}

// -- drawing
async function ask(path) {
  const answer = await fetch(path), found = await answer.json();
  if (found.trouble) return found;
  if (!answer.ok || found.error) throw new Error(found.error || `The preview answered ${answer.status}.`);
  return found;
}
async function draw() {
  const turn = ++drawing;
  if (choice.show === "live" && at("tab").hidden && hasMail) choice.show = "mail";
  if (choice.show === "live" || !hasMail) return reveal("live");
  at("dot").className = "dot busy";
  try {
    const found = await ask("/look?" + query());
    if (turn !== drawing) return;
    if (found.trouble) return trouble(found.trouble);
    weigh(found);
    if (!offered(choice.show)) { choice.show = "mail"; controls(); }
    if (PAGES.includes(choice.show)) await page(choice.show, turn);
    else await frames(turn);
    if (turn === drawing) { at("dot").className = "dot"; panel(); }
  } catch (error) {
    if (turn === drawing) { trouble({message: error.message, path: "", line: 0, source: []}); at("dot").className = "dot off"; }
  }
}
function reveal(what) {
  body.dataset.show = what;
  at("page").hidden = what !== "page"; at("live").hidden = what !== "live"; at("trouble").hidden = what !== "trouble";
}
function weigh(found) {
  known = found; forms();
  put("subject", found.subject); document.title = `${found.subject} · Preview`;
  const took = found.milliseconds > 0 ? `, ${found.milliseconds} ms` : "";
  put("made", `${found.key || (choices && choices.file) || ""} · ${found.made}${took}`);
  const size = (bytes) => bytes.toLocaleString("en");
  put("size", `HTML ${size(found.html)} bytes · text ${size(found.text)} · pictures ${size(found.pictures)} · message ${size(found.message)}`);
  if (!choices) return;
  const {limit, clip} = choices, gauge = at("gauge");
  gauge.className = "gauge " + (found.html >= clip ? "bad" : found.html >= limit ? "warn" : "");
  gauge.setAttribute("aria-valuemax", String(clip)); gauge.setAttribute("aria-valuenow", String(found.html));
  at("fill").style.width = Math.min(100, 100 * found.html / clip) + "%";
  at("mark90").style.left = 100 * limit / clip + "%";
  put("limits", `of ${size(limit)}; Gmail cuts at ${size(clip)}`);
}
function frame(source, title, may = "allow-same-origin") {
  const made = document.createElement("iframe");
  made.setAttribute("sandbox", may); made.title = title; made.className = "next"; made.src = source;
  return made;
}
function loaded(one) { return new Promise((done) => one.addEventListener("load", done, {once: true})); }
async function frames(turn) {
  const screen = at("screen"), old = all("iframe", screen);
  // The web edition runs its script, so it is nobody's origin: what stands in it cannot be asked.
  const web = choice.show === "web", from = old.map((one) => one.contentDocument ? one.contentWindow.scrollY : 0);
  const marks = choice.panel === "claims" && !body.classList.contains("alone");
  const fresh = [web ? frame("/web?" + query(), "The web edition", "allow-scripts") : frame("/frame?" + query({marks}), "The mail")];
  if (choice.beside && !web) fresh.unshift(frame("/frame?" + query({version: choice.beside}), "The mail it is compared with"));
  fresh[fresh.length - 1].id = "view-next";
  reveal("mail");
  const ready = Promise.all(fresh.map(loaded));
  screen.append(...fresh);
  await ready;
  if (turn !== drawing) { for (const one of fresh) one.remove(); return; }
  fresh.forEach((one, place) => {
    const down = from[Math.min(place, from.length - 1)];
    if (down && one.contentDocument) one.contentWindow.scrollTo(0, down);
    one.className = "";
  });
  for (const one of old) one.remove();
  fresh[fresh.length - 1].id = "view";
  for (const one of fresh) if (one.contentDocument) one.contentDocument.addEventListener("keydown", keys);
  if (chosen !== null) point(chosen, false);
}
async function page(name, turn) {
  const found = await ask(`/panel/${name}?${query()}`);
  if (turn !== drawing) return;
  if (found.trouble) return trouble(found.trouble);
  const box = at("page"), down = at("stage").scrollTop;
  box.innerHTML = found.html; reveal("page"); at("stage").scrollTop = down;
  if (name === "source") toLine();
}
function trouble(told) {
  const box = at("trouble"), add = (tag, words, kind) => {
    const made = document.createElement(tag); made.textContent = words; if (kind) made.className = kind; return made;
  };
  const parts = [add("h2", told.path ? "This cannot be drawn" : "There is nothing to show"), add("p", told.message, "message")];
  if (told.path) parts.push(add("p", told.path + (told.line ? `, line ${told.line}` : ""), "where code"));
  if (told.source.length) {
    const list = add("ol", "", "source");
    for (const [number, words] of told.source) {
      const item = add("li", "", number === told.line ? "off" : ""), code = add("code", words || " ");
      item.append(code); list.append(item);
      if (item === list.firstChild) list.style.counterReset = `n ${number - 1}`;
    }
    parts.push(list);
  }
  if (told.path) parts.push(add("p", "Save the mended file: the mail comes back by itself.", "hint"));
  box.replaceChildren(...parts);
  at("dot").className = "dot off"; put("made", "cannot be drawn");
  reveal("trouble");
}

// -- panels
const held = {};
async function panel(name = choice.panel) {
  if (body.classList.contains("alone") || !hasMail) return;
  const turn = (held.turn = (held.turn || 0) + 1), wanted = query() + mark;
  if (held.name === name && held.wanted === wanted) return;
  const box = at("panel");
  if (held.name !== name) { box.textContent = ""; const wait = document.createElement("p"); wait.className = "calm"; wait.textContent = "Looking …"; box.append(wait); }
  box.setAttribute("aria-busy", "true");
  try {
    const found = await ask(`/panel/${name}?${query()}`);
    if (turn !== held.turn) return;
    const down = held.name === name ? box.scrollTop : 0;
    const open = held.name === name ? unfolded(box) : []; box.innerHTML = found.html; unfold(box, open); box.scrollTop = down;
    badge(name, found); Object.assign(held, {name, wanted});
    if (name === "claims") find();
  } catch (error) {
    if (turn !== held.turn) return;
    const said = document.createElement("p"); said.className = "calm"; said.textContent = error.message;
    box.replaceChildren(said); held.name = null;
  }
  box.setAttribute("aria-busy", "false");
}
function badge(name, found) {
  const spot = at("tab-" + name).querySelector(".badge");
  spot.textContent = found.badge; spot.hidden = !found.badge; spot.className = "badge " + found.tone;
}
function find() {
  const input = at("find");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase();
    for (const one of all("#panel .claims li")) one.hidden = !one.textContent.toLowerCase().includes(words);
  });
}
function point(number, move) {
  const view = at("view"), page = view && view.contentDocument;
  if (!page) return;
  for (const one of all("mark.at", page)) one.classList.remove("at");
  const spot = page.querySelector(`mark[data-claim="${Number(number)}"]`);
  for (const one of all("#panel .claim")) one.setAttribute("aria-current", String(one.dataset.mark === number));
  if (!spot) return;
  spot.classList.add("at");
  if (move) spot.scrollIntoView({block: "center"});
}
at("panel").addEventListener("click", (event) => {
  const claim = event.target.closest("[data-mark]"), beside = event.target.closest("[data-beside]");
  if (claim) { chosen = claim.dataset.mark; if (choice.show === "mail") point(chosen, true); else { choose({show: "mail"}); } }
  if (beside) choose({show: "mail", beside: choice.beside === beside.dataset.beside ? "" : beside.dataset.beside});
});
function tab(name) {
  const marks = (choice.panel === "claims") !== (name === "claims");
  body.classList.remove("alone"); at("panels").setAttribute("aria-expanded", "true");
  choose({panel: name});
  if (marks && choice.show === "mail") draw();
}
document.querySelector(".tabs").addEventListener("click", (event) => {
  const one = event.target.closest("button"); if (one) tab(one.dataset.panel);
});
document.querySelector(".tabs").addEventListener("keydown", (event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key]; if (!step) return;
  const list = all(".tabs button"), place = list.findIndex((one) => one.dataset.panel === choice.panel);
  const next = list[(place + step + list.length) % list.length];
  tab(next.dataset.panel); next.focus(); event.preventDefault();
});

// -- an edition in the making
function write(words) {
  const box = at("text");
  if (box.textContent === words) return;
  const low = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.textContent = words; box.hidden = !words;
  if (low) box.scrollTop = box.scrollHeight;
}
function stages(told) {
  const list = at("stages"), names = told.stages;
  if (list.children.length !== names.length)
    list.replaceChildren(...names.map((name) => { const item = document.createElement("li"); item.textContent = name; return item; }));
  const now = names.indexOf(told.stage);
  [...list.children].forEach((item, place) => {
    item.className = told.state === "done" || place < now ? "past" : place === now ? "now" : "";
    if (item.className === "now") item.setAttribute("aria-current", "step"); else item.removeAttribute("aria-current");
  });
}
function tell(told) {
  at("live").className = told.state;
  for (const id of ["title", "verdict", "took", "about"]) put(id, told[id]);
  stages(told);
  const bar = at("bar");
  bar.hidden = told.state !== "running" || told.total < 2;
  bar.max = Math.max(told.total, 1); bar.value = told.done;
  write(told.prose);
}
function turn(found) {
  const told = found.run, fresh = mark !== found.mark, first = mark === null;
  mark = found.mark; hasMail = found.mail;
  at("tab").hidden = !told;
  for (const one of all("[data-show-as]")) one.disabled = !found.mail && one.dataset.showAs !== "live";
  if (first && !fresh) return;
  if (told) {
    tell(told);
    const ended = run === told.run && course === "running" && told.state === "done";
    const begun = run !== told.run && told.state === "running";
    run = told.run; course = told.state;
    if (begun || (first && !found.mail)) return choose({show: "live"}, true), draw();
    if (ended && found.mail && choice.show === "live") return choose({show: "mail"}, true);
  }
  if (fresh && found.mail) { if (first) controls(); else choicesAgain(); draw(); }
}
function listen() {
  if (stream) stream.close();
  stream = new EventSource("/events?key=" + encodeURIComponent(choice.key));
  stream.addEventListener("state", (event) => {
    const found = JSON.parse(event.data);
    at("lost").hidden = true;
    if (found.error) trouble({message: found.error, path: "", line: 0, source: []}); else turn(found);
  });
  stream.addEventListener("open", () => { at("lost").hidden = true; });
  stream.addEventListener("error", () => { at("lost").hidden = false; at("dot").className = "dot off"; });
}

// -- what can be chosen
function group(id, title, rows) {
  const made = document.createElement("optgroup"); made.label = title;
  made.append(...rows.map(([value, words]) => new Option(words, value)));
  if (rows.length) at(id).append(made);
}
function fill(id, rows) { at(id).replaceChildren(...rows.map(([value, words]) => new Option(words, value))); }
async function choicesAgain() {
  choices = await ask("/choices");
  const kept = choices.editions.map((one) => [one.key, `${one.key} · ${one.state.replace("_", " ")}`]);
  if (choices.file) kept.unshift(["", choices.file]);
  fill("key", []); group("key", "Editions", kept);
  group("key", "Letters", choices.letters.map((one) => [one.key, one.title]));
  fill("list", [["", "its own"], ...choices.lists.map((name) => [name, name])]);
  fill("reader", choices.readers.map((one) => [one.id, one.told]));
  fill("kind", choices.kinds.map((name) => [name, name]));
  fill("sender", Object.entries(choices.senders).map(([name, words]) => [name, `${name} (${words})`]));
  at("drafting").hidden = !choices.drafts;
  at("law").replaceChildren(...choices.laws.map((name) => {
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox"; box.value = name; label.append(box, name); return label;
  }));
  at("forms").replaceChildren(...choices.forms.map((name) => {
    const link = document.createElement("a"); link.dataset.form = name; link.download = "";
    link.textContent = {eml: "Message (.eml)", html: "HTML", pdf: "PDF", png: "Picture (PNG)", txt: "Plain text"}[name] || name;
    return link;
  }));
  controls(); if (known.html) weigh(known);
}
at("key").addEventListener("change", () => choose({key: at("key").value}));
at("list").addEventListener("change", () => choose({list: at("list").value}));
at("reader").addEventListener("change", () => choose({reader: at("reader").value}));
at("law").addEventListener("change", () => choose({law: all("#law input:checked").map((one) => one.value).join(",")}));
at("drafted").addEventListener("click", () => {
  at("drafting").open = false;
  if (at("session").value) choose({key: `${at("session").value}.${choices.exchange}.${at("kind").value}`});
});
function neighbour(by) {
  const list = at("key").options, now = list[at("key").selectedIndex], next = list[at("key").selectedIndex + by];
  return now && next && next.parentNode === now.parentNode ? next : null;
}
function step(by) { const next = neighbour(by); if (next) choose({key: next.value}); }
at("older").addEventListener("click", () => step(1)); at("newer").addEventListener("click", () => step(-1));

// -- tools
function flip(flag) { choose({[flag]: choice[flag] === "on" ? "off" : "on"}); }
document.querySelector(".how").addEventListener("click", (event) => {
  const {width, scheme, flag, showAs} = (event.target.closest("button") || {dataset: {}}).dataset;
  if (width) choose({width}); if (scheme) choose({scheme}); if (flag) flip(flag); if (showAs) choose({show: showAs});
});
function sides() {
  const alone = body.classList.toggle("alone");
  at("panels").setAttribute("aria-expanded", String(!alone));
  if (!alone) panel();
}
at("panels").addEventListener("click", sides);
const grip = at("grip");
grip.addEventListener("pointerdown", (event) => {
  const start = event.clientX, wide = at("screen").offsetWidth;
  const move = (now) => resize(wide + 2 * (now.clientX - start));
  grip.setPointerCapture(event.pointerId);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", move), {once: true});
});
grip.addEventListener("keydown", (event) => {
  const by = {ArrowRight: 10, ArrowLeft: -10, PageUp: 100, PageDown: -100}[event.key];
  if (by) { resize(at("screen").offsetWidth + by); event.preventDefault(); event.stopPropagation(); }
});
at("help").addEventListener("click", () => at("keys").showModal());
at("close-keys").addEventListener("click", () => at("keys").close());
at("test").addEventListener("click", () => { put("sent", ""); at("sending").showModal(); });
at("dismiss").addEventListener("click", () => at("sending").close());
at("go").addEventListener("click", async () => {
  if (!at("to").reportValidity()) return;
  at("go").disabled = true; put("sent", "Sending …"); at("sent").className = "";
  try {
    const answer = await fetch("/send", {method: "POST", headers: {"Content-Type": "application/json", "X-Preview-Token": token},
      body: JSON.stringify({to: at("to").value, sender: at("sender").value, query: query()})});
    const found = await answer.json().catch(() => ({error: "The preview refused it; load the page again."}));
    put("sent", found.sent || found.error || "It was refused."); at("sent").className = found.sent ? "good" : "bad";
  } catch { put("sent", "The preview has stopped."); at("sent").className = "bad"; }
  at("go").disabled = false;
});
document.addEventListener("click", (event) => {
  for (const one of all("details.menu[open]")) if (!one.contains(event.target)) one.open = false;
});
const KEYS = {m: () => choose({show: "mail"}), t: () => choose({show: "text"}), u: () => choose({show: "source"}),
  w: () => offered("web") && choose({show: "web"}), a: () => offered("script") && choose({show: "script"}),
  h: () => choose({show: "headers"}), b: () => choose({show: "inbox"}), l: () => at("tab").hidden || choose({show: "live"}),
  1: () => choose({width: "320"}), 2: () => choose({width: "375"}), 3: () => choose({width: "768"}),
  4: () => choose({width: "1024"}), 0: () => choose({width: "free"}),
  d: () => choose({scheme: SCHEMES[(SCHEMES.indexOf(choice.scheme) + 1) % 4]}),
  i: () => flip("images"), s: () => flip("styles"), z: () => flip("zoom"), "[": () => step(1), "]": () => step(-1),
  f: () => tab("findings"), c: () => tab("claims"), k: () => tab("checks"), p: sides, r: () => { held.wanted = null; draw(); },
  "?": () => at("keys").showModal()};
function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest && event.target.closest("input,select,textarea")) return;
  if (event.key === "Escape") for (const one of all("details.menu[open]")) one.open = false;
  const act = KEYS[event.key];
  if (act) { act(); event.preventDefault(); }
}
document.addEventListener("keydown", keys);
if (innerWidth < 900 && !location.search) body.classList.add("alone");
controls(); measure();
choicesAgain().catch(() => {});
listen();
