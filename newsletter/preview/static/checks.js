
// -- other forms of the mail, which not every one has
function offered(name) {
  return name === "web" ? known.has_web : name === "script" ? known.has_script : true;
}
function forms() {
  for (const name of ["web", "script"]) document.querySelector(`[data-show-as=${name}]`).hidden = !offered(name);
}

// -- from a remark to its line of the source
function toLine() {
  const number = Number(held.line);
  if (!number) return;
  const spot = all("#page .source li")[number - 1];
  held.line = 0;
  for (const one of all("#page .source li.at")) one.classList.remove("at");
  if (!spot) return;
  spot.classList.add("at"); spot.scrollIntoView({block: "center"});
}
at("panel").addEventListener("click", (event) => {
  const to = event.target.closest("[data-line]");
  if (!to) return;
  held.line = to.dataset.line;
  if (choice.show === "source" && body.dataset.show === "page") toLine(); else choose({show: "source"});
});

// -- what was unfolded stays so when the panel is filled again
function unfolded(box) { return all("details[data-keep][open]", box).map((one) => one.dataset.keep); }
function unfold(box, names) { for (const one of all("details[data-keep]", box)) if (names.includes(one.dataset.keep)) one.open = true; }
