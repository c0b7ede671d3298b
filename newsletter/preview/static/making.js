
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
