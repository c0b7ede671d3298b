
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
