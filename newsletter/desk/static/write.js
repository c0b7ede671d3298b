"use strict";
// Writing: parts proved as they are typed, kept here until they are saved, and who else is there.
{
const panel = first("#panel");
const BEAT = 10000, LOOK = 4000, PAUSE = 150;
let room = null, last = null, seen = "", opener = null;

const field = (part) => first(`.part[data-part="${CSS.escape(part)}"]:not([data-new]) textarea`, room);
const whole = (one) => one.closest(".part");
const named = (one) => whole(one).dataset.part;
const base = () => `/editions/${room.dataset.edition}`;
const drawer = () => `write:${room.dataset.editor}:${room.dataset.edition}:`;
const changed = () => every(".part:not([data-new]) textarea", room).filter((one) => one.value !== one.defaultValue);
function post(way, fields) {
  const body = new URLSearchParams(fields);
  return fetch(base() + way, {method: "POST", body, headers: {"HX-Request": "true", "X-CSRF-Token": token}});
}

// -- what was typed is kept in this browser until it is saved
function keep(one) {
  const place = drawer() + named(one);
  try {
    if (one.value === one.defaultValue) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify({text: one.value, base: one.defaultValue, revision: room.dataset.revision}));
  } catch { /* a full or forbidden store: the page itself still has it */ }
}
function forget(part) { try { localStorage.removeItem(drawer() + part); } catch { /* nothing was kept */ } }
function offer() {
  for (const place of Object.keys(localStorage).filter((name) => name.startsWith(drawer()))) {
    let held; try { held = JSON.parse(localStorage.getItem(place)); } catch { continue; }
    const part = place.slice(drawer().length), one = field(part);
    if (one && one.value === held.text) { localStorage.removeItem(place); continue; }
    if (one && one.defaultValue === held.base) { one.value = held.text; mark(one); check(one); continue; }
    const box = document.createElement("div"); box.className = "kept";
    const said = document.createElement("b"), text = document.createElement("p"), drop = document.createElement("button");
    said.textContent = `You typed this on revision ${held.revision}, and its part has changed since:`;
    text.textContent = held.text; drop.type = "button"; drop.textContent = "Forget it";
    drop.addEventListener("click", () => { forget(part); box.remove(); });
    box.append(said, text);
    if (one) {
      const put = document.createElement("button"); put.type = "button"; put.textContent = "Put it in";
      put.addEventListener("click", () => { one.value = held.text; typed(one); one.focus(); box.remove(); });
      box.append(put, " ");
    }
    box.append(drop); first("#kept").append(box);
  }
}
function mark(one) {
  if (!whole(one).hasAttribute("data-new")) whole(one).classList.toggle("dirty", one.value !== one.defaultValue);
  const count = changed().length;
  first("#save-bar").hidden = !count;
  tell(count === 1 ? "1 part changed" : `${count} parts changed`);
}
function tell(words) { const line = first("#save-said"); if (line && line.textContent !== words) line.textContent = words; }
addEventListener("beforeunload", (event) => { if (room && room.isConnected && changed().length && !leaving) event.preventDefault(); });
let leaving = false;

// -- proved as you type: only the latest answer counts
const waiting = new WeakMap(), asked = new WeakMap();
function typed(one) {
  if (!whole(one).hasAttribute("data-new")) { keep(one); mark(one); }
  clearTimeout(waiting.get(one));
  waiting.set(one, setTimeout(() => check(one), PAUSE));
}
async function check(one) {
  const number = (asked.get(one) || 0) + 1; asked.set(one, number);
  const at = room;
  let answer; try { answer = await post("/check", {part: named(one), text: one.value, revision: room.dataset.revision}); } catch { return; }
  const words = answer.ok && answer.status === 200 ? await answer.text() : "";
  if (room !== at || asked.get(one) !== number) return;
  if (!words) { if (answer.headers.get("hx-redirect")) out(); return; }
  const place = first(".reading", whole(one));
  place.innerHTML = words;
  whole(one).classList.toggle("against", Boolean(first("li.block", place)));
}
function out() { tell("You are signed out. What you typed is kept in this browser; sign in again and it is here."); first("#save-bar").hidden = false; }

// -- saving
async function save(edits, part) {
  if (!edits.length) return;
  const pairs = [["revision", room.dataset.revision]];
  for (const edit of edits) pairs.push(["part", edit.part], ["act", edit.act], ["text", edit.text || ""]);
  await send("/save", pairs, edits.filter((edit) => edit.act === "put").map((edit) => edit.part), part || edits[0].part);
}
async function send(way, pairs, parts, part) {
  first("#save-bar").hidden = false; tell("Being laid out and proved …"); room.setAttribute("aria-busy", "true");
  let answer;
  try { answer = await post(way, pairs); } catch { answer = null; }
  room.removeAttribute("aria-busy");
  if (!answer) { tell("The desk cannot be reached; what you typed is kept in this browser."); return; }
  const to = answer.headers.get("hx-redirect") || "";
  if (to.startsWith("/login")) { out(); return; }
  if (to) { parts.forEach(forget); again(part); return; }
  const words = await answer.text();
  if (answer.status === 409 && words.includes("class=\"conflicts\"")) { conflict(words, parts); return; }
  const box = document.createElement("div"); box.innerHTML = words;
  tell(`${box.textContent.trim() || "It could not be saved."} What you typed is kept in this browser.`);
}
function again(part) {
  leaving = true;
  const way = new URL(location.href);
  way.searchParams.set("panel", "write"); way.searchParams.delete("revision");
  if (part) way.searchParams.set("part", part); else way.searchParams.delete("part");
  history.replaceState(null, "", way); location.reload();
}
function conflict(words, parts) {
  const place = first("#conflicts"); place.innerHTML = words;
  const held = every("[data-conflict]", place).map((one) => one.dataset.conflict);
  parts.filter((part) => !held.includes(part)).forEach(forget);
  tell("Somebody changed the same part; choose above."); place.focus({preventScroll: true}); place.scrollIntoView({block: "start"});
}
function all() { return changed().map((one) => ({part: named(one), act: "put", text: one.value})); }

panel.addEventListener("submit", (event) => {
  const form = event.target;
  if (!room || !room.contains(form) || form.method === "dialog" || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  if (form.closest(".anew")) { proposal(form); return; }
  const way = new URL(form.action).pathname.slice(base().length), given = new FormData(form, event.submitter);
  given.delete("csrf");
  if (form.dataset.conflict) {
    const part = form.dataset.conflict;
    send("/save", given, [part], given.get("part"));
  } else if (way === "/save") {
    const part = given.get("part"), act = given.get("act"), edits = all();
    if (act === "put") { if (!edits.length) tell("Nothing is changed."); save(edits, part); }
    else save([...edits, {part, act, text: given.get("text") || ""}].map((one) => (act === "insert" || one.act === "put" ? one : {...one, text: ""})), part);
  } else if (changed().length) tell("Save or drop what you changed first.");
  else send(way, given, [], "");
});
panel.addEventListener("click", (event) => {
  if (!room || !room.isConnected) return;
  const one = event.target.closest?.("button,a"); if (!one) return;
  if (one.id === "save-all") save(all());
  if (one.id === "drop-all") { for (const each of changed()) { each.value = each.defaultValue; typed(each); } }
  if (one.hasAttribute("data-fact")) pick(first("textarea", whole(one)));
  if (one.hasAttribute("data-comments") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); talk(named(one)); }
  if (one.dataset.theirs) { event.preventDefault(); forget(one.dataset.theirs); again(one.dataset.theirs); }
  if (one.closest(".newer")) { event.preventDefault(); leaving = true; again(last ? named(last) : ""); }
  if (one.dataset.slot) chosen(one.dataset.slot);
});
async function talk(part) {
  await window.reviewRoom.open("comments");
  const about = first(".say [name=part]", panel);
  if (about) { about.value = part; first(".say textarea", panel).focus(); }
}
panel.addEventListener("toggle", async (event) => {
  const one = event.target; if (!one.open || !one.dataset.load) return;
  const way = one.dataset.load; delete one.dataset.load;
  first(".loaded", one).innerHTML = await (await fetch(way, {headers: {"HX-Request": "true"}})).text();
}, true);
document.addEventListener("keydown", (event) => {
  if (!room || !room.isConnected) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); save(all()); }
  const free = !event.target.closest?.("input,select,textarea,dialog") && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (free && event.key === "p") { event.preventDefault(); pick(last || first("textarea", room)); }
});
panel.addEventListener("input", (event) => {
  if (!room || !room.contains(event.target)) { if (event.target.id === "picker-find") search(event.target.value); return; }
  if (!event.target.matches(".part textarea")) return;
  const one = event.target; typed(one);
  if (event.data === "{" && one.value.slice(0, one.selectionStart).endsWith("{{")) pick(one);
});
panel.addEventListener("focusin", (event) => {
  if (!room || !event.target.matches(".part textarea")) return;
  last = event.target; check(last); beat();
});

// -- other words: asked for, watched while they are written, taken or left
const WATCH = 500, settled = new Set(["cancelled", "discarded"]);
const asks = new WeakMap();  // only the latest answer counts
async function proposal(form) {
  const place = first(".proposal", form.closest(".anew")), given = new FormData(form);
  const number = (asks.get(place) || 0) + 1; asks.set(place, number);
  if (form.dataset.anew) {
    const one = field(form.dataset.anew);
    if (one && one.value !== one.defaultValue) given.set("text", one.value);
  }
  const way = new URL(form.action).pathname.slice(base().length), button = first("button", form), taking = way.endsWith("/take");
  given.delete("csrf"); button.disabled = true;
  if (taking) heard("Being laid out and proved …");
  let answer; try { answer = await post(way, given); } catch { answer = null; }
  button.disabled = false;
  if (!answer) { heard("The desk cannot be reached; nothing was changed."); return; }
  const to = answer.headers.get("hx-redirect") || "";
  if (to.startsWith("/login")) { out(); return; }
  if (to) { again(new URL(to, location.href).searchParams.get("part")); return; }
  if (asks.get(place) !== number) return;
  const words = await answer.text();
  if (taking) refused(place, words); else drawn(place, words);
  watch(place);
}
function heard(words) { const line = first("#anew-told"); if (line) line.textContent = words; }
function refused(place, words) {  // the proposal stays where it is
  const old = first(".refused", place), box = document.createElement("div");
  if (old) old.remove();
  box.className = "refused"; box.innerHTML = words; place.prepend(box); heard(box.textContent.trim());
}
function drawn(place, words) {
  const was = first("[data-proposal]", place), held = place.contains(document.activeElement);
  const made = document.createElement("div"); made.innerHTML = words;
  const now = first("[data-proposal]", made), state = now ? now.dataset.state : "";
  if (was && now && was.dataset.proposal === now.dataset.proposal && state === "writing" && was.dataset.state === state) {
    for (const part of [".course", ".stream"]) first(part, was).textContent = first(part, now).textContent;
    return;  // the button somebody is about to press stays where it is
  }
  place.replaceChildren(...made.childNodes);
  heard({writing: "Being written.", done: "The proposal is there."}[state] || place.textContent.trim().slice(0, 300));
  if (!held) return;
  if (now && !settled.has(state)) now.focus(); else first("input[name=instruction]", place.parentElement).focus();
}
function watch(place) {
  const box = first("[data-proposal]", place), number = asks.get(place);
  if (!box || box.dataset.state !== "writing") return;
  setTimeout(async () => {
    if (!box.isConnected || asks.get(place) !== number) return;
    const words = document.hidden ? "" : await looked(box.dataset.proposal);
    if (!box.isConnected || asks.get(place) !== number) return;
    if (words) drawn(place, words);
    watch(place);
  }, WATCH);
}
async function looked(way) {
  let answer; try { answer = await fetch(way, {headers: {"HX-Request": "true"}}); } catch { return ""; }
  if ((answer.headers.get("hx-redirect") || "").startsWith("/login")) { out(); return ""; }
  return answer.text();
}
async function resume(place) {
  const words = await looked(place.dataset.again); delete place.dataset.again;
  if (words && place.isConnected) { drawn(place, words); watch(place); }
}

// -- a fact for the text
let find = 0, finding = 0;
function pick(one) {
  if (!one) return;
  if (one !== last) one.setSelectionRange(one.value.length, one.value.length);
  opener = one; last = one;
  const dialog = first("#picker");
  dialog.showModal(); first("#picker-find").select(); search(first("#picker-find").value);
}
function search(words) {
  clearTimeout(find);
  find = setTimeout(async () => {
    const number = ++finding;
    const answer = await fetch(`${base()}/facts?q=${encodeURIComponent(words)}`, {headers: {"HX-Request": "true"}});
    if (number === finding && answer.status === 200) first("#picker-found").innerHTML = await answer.text();
  }, 120);
}
function chosen(slot) {
  const one = opener, end = one.selectionEnd;
  let start = one.selectionStart;
  if (one.value.slice(0, start).endsWith("{{")) start -= 2;
  first("#picker").close();
  one.focus(); one.setRangeText(slot, start, end, "end"); typed(one);
}
panel.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("#picker"); if (!dialog) return;
  const rows = every(".facts li", dialog), inside = event.target.closest?.(".facts li");
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key], turn = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (event.target.id === "picker-find") {
    if (event.key === "Enter") { event.preventDefault(); const top = first(".facts button", dialog); if (top) chosen(top.dataset.slot); }
    if (event.key === "ArrowDown" && rows.length) { event.preventDefault(); first("button", rows[0]).focus(); }
    return;
  }
  if (!inside || !(step || turn)) return;
  event.preventDefault();
  if (step) { const next = rows[rows.indexOf(inside) + step]; (next ? first("button", next) : step < 0 ? first("#picker-find") : event.target).focus(); }
  else { const forms = every("button", inside); (forms[forms.indexOf(event.target) + turn] || event.target).focus(); }
});
panel.addEventListener("close", (event) => { if (event.target.id === "picker" && opener) opener.focus(); }, true);

// -- who else is there
function beat() { if (room && room.isConnected && !document.hidden) post("/here", {part: here()}).catch(() => {}); }
function here() { const one = document.activeElement; return one && one.matches(".part:not([data-new]) textarea") && room.contains(one) ? named(one) : ""; }
async function look() {
  if (!room || !room.isConnected || document.hidden) return;
  let words = ""; const at = room;
  try {
    const answer = await fetch(`${base()}/others?revision=${room.dataset.revision}`, {headers: {"HX-Request": "true"}});
    if (answer.status !== 200) return;
    words = (await answer.text()).trim();
  } catch { return; }
  if (at !== room || words === seen) return;  // said once, not at every look
  seen = words; first("#others").innerHTML = words;
  for (const one of every(".who", room)) one.textContent = "";
  for (const other of every(".other[data-part]", room)) {
    const place = other.dataset.part && field(other.dataset.part);
    if (place) first(".who", whole(place)).textContent = `${other.dataset.editor} is editing this`;
  }
}
setInterval(beat, BEAT); setInterval(look, LOOK);
addEventListener("pagehide", () => {
  if (room && room.isConnected) fetch(base() + "/here", {method: "POST", keepalive: true, body: new URLSearchParams({part: "gone"}), headers: {"X-CSRF-Token": token}}).catch(() => {});
});

// -- the panel comes and goes
function begin() {
  const found = first("#writing");
  if (found === room) return;
  if (room && !found) { post("/here", {part: "gone"}).catch(() => {}); room = last = null; return; }
  room = found; seen = ""; last = null;
  if (!room) return;
  post("/ready", {}).catch(() => {});
  offer(); beat(); look();
  every("[data-again]", room).forEach(resume);
  const part = new URLSearchParams(location.search).get("part"), one = part && field(part);
  if (one) { one.focus({preventScroll: true}); one.scrollIntoView({block: "center"}); }
}
new MutationObserver(begin).observe(panel, {childList: true});
begin();
}
