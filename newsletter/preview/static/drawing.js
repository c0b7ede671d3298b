
// -- drawing
async function ask(path) {
  const answer = await fetch(path), found = await answer.json();
  if (found.trouble) return found;
  if (!answer.ok || found.error) throw new Error(found.error || `The preview answered ${answer.status}.`);
  return found;
}
function busy(on) {
  at("dot").className = on ? "dot busy" : "dot";
  at("stage").setAttribute("aria-busy", String(on));
}
// What the frames hold: the same edition in the same form stands already where it is asked for again.
function holds() { return `${choice.show} ${choice.key}`; }
async function draw() {
  const turn = ++drawing;
  if (choice.show === "live" && at("tab").hidden && hasMail) choice.show = "mail";
  if (choice.show === "live" || !hasMail) { busy(false); return reveal("live"); }
  busy(true);
  if (at("screen").dataset.holds === holds() && body.dataset.show !== "trouble") reveal("mail");
  try {
    const found = await ask("/look?" + query());
    if (turn !== drawing) return;
    if (found.trouble) return trouble(found.trouble);
    weigh(found);
    if (!offered(choice.show)) { choice.show = "mail"; controls(); }
    if (PAGES.includes(choice.show)) await page(choice.show, turn);
    else await frames(turn);
    if (turn === drawing) { busy(false); panel(); }
  } catch (error) {
    if (turn === drawing) trouble({message: error.message, path: "", line: 0, source: []});
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
  fresh[fresh.length - 1].id = "view"; screen.dataset.holds = holds();
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
  busy(false); at("dot").className = "dot off"; put("made", "cannot be drawn");
  reveal("trouble");
}
