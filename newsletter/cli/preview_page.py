"""The page around a previewed mail: it shows an edition in the making, then its mail.

Whatever a model has written enters this page as text alone: the script sets `textContent`
and nothing else, and the page's policy lets no other script run and nothing be fetched from
elsewhere.
"""

import base64
import hashlib
import html
from string import Template

_STYLE = """
:root{color-scheme:light dark;--ground:#e8e6e1;--card:#fff;--ink:#222;--muted:#63605a;
--rule:#d9d6cf;--accent:#1d5c8a;--bad:#9c2f1f;--tint:#f4f2ee}
@media (prefers-color-scheme:dark){:root{--ground:#171614;--card:#232220;--ink:#ece9e3;
--muted:#a9a59c;--rule:#3b3935;--accent:#86bde6;--bad:#f0957f;--tint:#2b2a27}}
*{box-sizing:border-box} [hidden]{display:none!important}
body{margin:0;font:15px/1.45 system-ui,sans-serif;background:var(--ground);color:var(--ink);
min-height:100vh;display:flex;flex-direction:column}
header{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;padding:10px 16px;
background:var(--card);border-bottom:1px solid var(--rule)}
header b{font-weight:600} #subject{flex:1 1 12em;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:6px}
button{font:inherit;padding:4px 12px;border:1px solid var(--rule);border-radius:6px;
background:var(--tint);color:inherit;cursor:pointer}
button[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}
button:disabled{opacity:.45;cursor:default}
button:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
main{flex:1;display:flex;justify-content:center;padding:16px}
iframe{border:0;background:#fff;height:calc(100vh - 90px);width:375px;max-width:100%}
[data-show=live] iframe,[data-show=live] .widths,[data-show=mail] #live{display:none}
#live{width:100%;max-width:720px;display:flex;flex-direction:column;gap:14px;background:var(--card);
border:1px solid var(--rule);border-radius:8px;padding:20px 24px;align-self:flex-start}
h1{font-size:20px;line-height:1.3;margin:0} p{margin:0}
#about,#took{color:var(--muted);font-size:14px} .row{display:flex;gap:4px 16px;flex-wrap:wrap;
justify-content:space-between;align-items:baseline}
ol{display:flex;flex-wrap:wrap;gap:6px 18px;list-style:none;margin:0;padding:0;font-size:14px}
li{color:var(--muted);text-transform:capitalize;display:flex;align-items:center;gap:7px}
li::before{content:"";width:9px;height:9px;border-radius:50%;border:1px solid var(--muted)}
li.past::before{background:var(--muted)}
li.now{color:var(--ink);font-weight:600} li.now::before{background:var(--accent);
border-color:var(--accent)}
.running li.now::before{animation:beat 1.6s ease-in-out infinite}
@keyframes beat{50%{opacity:.3}}
@media (prefers-reduced-motion:reduce){li::before{animation:none!important}}
.failed li.now::before,.stale li.now::before{background:var(--bad);border-color:var(--bad)}
.failed #verdict,.stale #verdict{color:var(--bad)}
#live p{min-width:0;overflow-wrap:anywhere} #live p:empty{display:none}
#verdict::first-letter{text-transform:uppercase}
progress{width:100%;height:6px;accent-color:var(--accent)}
#text{margin:0;padding:14px 16px;height:52vh;min-height:180px;overflow:auto;background:var(--tint);
border-radius:6px;font:16px/1.55 Georgia,"Times New Roman",serif;white-space:pre-wrap;
overflow-wrap:anywhere}
#lost{padding:6px 16px;background:var(--card);color:var(--bad);border-bottom:1px solid var(--rule)}
@media (max-width:600px){main{padding:0} iframe{height:calc(100vh - 120px);width:100%}
.widths{display:none} header{padding:10px 12px} #live{border:0;border-radius:0;padding:16px}
[data-show=live] main{background:var(--card)} #text{height:54vh}}
"""

_SCRIPT = """
const at = (id) => document.getElementById(id);
const view = at("view"), body = document.body;
let mark = body.dataset.mark, run = null, state = "";
function show(what, page) {
  body.dataset.show = what;
  if (page) view.src = page;
  const here = what === "live" ? "live" : view.getAttribute("src");
  for (const button of document.querySelectorAll("nav button[data-page]"))
    button.setAttribute("aria-pressed", String(button.dataset.page === here));
}
function put(id, words) { if (at(id).textContent !== words) at(id).textContent = words; }
function write(words) {
  const box = at("text");
  if (box.textContent === words) return;
  const low = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.textContent = words;
  box.hidden = !words;
  if (low) box.scrollTop = box.scrollHeight;
}
function stages(told) {
  const list = at("stages"), names = told.stages;
  if (list.children.length !== names.length)
    list.replaceChildren(...names.map((name) => {
      const item = document.createElement("li"); item.textContent = name; return item;
    }));
  const now = names.indexOf(told.stage);
  [...list.children].forEach((item, place) => {
    const over = told.state === "done" || place < now;
    item.className = over ? "past" : place === now ? "now" : "";
    if (item.className === "now") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
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
  const told = found.run, fresh = mark !== found.mark;
  mark = found.mark;
  put("subject", found.subject);
  at("tab").hidden = !told;
  for (const button of document.querySelectorAll("[data-page^='/']")) button.disabled = !found.mail;
  if (told) {
    tell(told);
    const ended = run === told.run && state === "running" && told.state === "done";
    const begun = run !== told.run && told.state === "running";
    run = told.run; state = told.state;
    if (begun) return show("live");
    if (ended && found.mail && body.dataset.show === "live") return show("mail", "/mail.html");
  }
  if (fresh && found.mail) view.src = view.getAttribute("src") || "/mail.html";
}
async function look() {
  try {
    turn(await (await fetch("/state")).json());
    at("lost").hidden = true;
  } catch { at("lost").hidden = false; }
  setTimeout(look, 400);
}
document.querySelector("header").addEventListener("click", (event) => {
  const {width, page} = event.target.dataset;
  if (width) view.style.width = width + "px";
  if (page) page === "live" ? show("live") : show("mail", page);
});
show(body.dataset.show);
look();
"""

_PAGE = Template("""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>$key</title>
<style>$style</style></head><body data-show="$show" data-mark="$mark">
<header><b>$key</b><span id="subject">$subject</span>
<nav class="widths" aria-label="Width"><button data-width="375">Phone</button>
<button data-width="768">Tablet</button><button data-width="1024">Desktop</button></nav>
<nav aria-label="Page"><button id="tab" data-page="live" hidden>Progress</button>
<button data-page="/mail.html">Mail</button><button data-page="/mail.txt">Text</button>
<button data-page="/findings">Findings</button></nav></header>
<p id="lost" role="status" hidden>The preview has stopped; this is what it last knew.</p>
<main><iframe id="view" title="The mail" sandbox$source></iframe>
<section id="live" aria-label="Progress"><div class="row"><h1 id="title">In the making</h1>
<p id="took"></p></div><ol id="stages"></ol><p id="verdict" role="status"></p>
<progress id="bar" aria-label="How far this stage is" hidden></progress>
<p id="about"></p><div id="text" tabindex="0" aria-label="The text as it is written" hidden></div>
</section></main><script>$script</script></body></html>""")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


SHELL_POLICY = (
    f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src 'unsafe-inline'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: its own script, and nothing from anywhere else."""
INNER_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""That of everything it shows."""


def shell(key: str, subject: str, mark: str, *, mail: bool, live: bool) -> str:
    """Return the page.

    Parameters
    ----------
    key, subject : str
        Of the edition; any text.
    mark : str
        Changes with everything the mail is drawn from.
    mail : bool
        Whether there is a mail to show.
    live : bool
        Whether it opens with the edition in the making.
    """
    return _PAGE.substitute(
        key=html.escape(key),
        subject=html.escape(subject),
        mark=html.escape(mark),
        show="live" if live else "mail",
        source=' src="/mail.html"' if mail else "",
        style=_STYLE,
        script=_SCRIPT,
    )
