
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
