
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
  d: () => choose({scheme: SCHEMES[(SCHEMES.indexOf(choice.scheme) + 1) % SCHEMES.length]}),
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

// -- the beginning
if (innerWidth < 900 && !location.search) body.classList.add("alone");
controls(); measure();
choicesAgain().catch(() => {});
listen();
