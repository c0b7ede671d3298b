"""The local preview: an edition as readers will see it, drawn anew on every change."""

import html
import http.server
import json
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Key, config_path, house, note
from newsletter.errors import ConfigError, NewsletterError

LOOPBACK = "127.0.0.1"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{key}</title>
<style>
body{{margin:0;font:15px/1.4 system-ui,sans-serif;background:#e8e6e1;color:#222}}
header{{display:flex;gap:12px;align-items:center;padding:10px 16px;background:#fff}}
button{{font:inherit;padding:4px 12px}} b{{font-weight:600}}
main{{display:flex;justify-content:center;padding:16px}}
iframe{{border:0;background:#fff;height:calc(100vh - 90px);width:375px}}
</style></head><body>
<header><b>{key}</b><span>{subject}</span>
<button data-width="375">Phone</button><button data-width="768">Tablet</button>
<button data-width="1024">Desktop</button>
<button data-page="/mail.html">Mail</button><button data-page="/mail.txt">Text</button>
<button data-page="/findings">Findings</button></header>
<main><iframe id="view" title="The mail" sandbox src="/mail.html"></iframe></main>
<script>
const view = document.getElementById("view"); let stamp = null;
document.querySelector("header").addEventListener("click", (event) => {{
  const {{width, page}} = event.target.dataset;
  if (width) view.style.width = width + "px";
  if (page) view.src = page;
}});
setInterval(async () => {{
  const now = await (await fetch("/stamp")).text().catch(() => stamp);
  if (stamp !== null && now !== stamp) view.src = view.getAttribute("src");
  stamp = now;
}}, 400);
</script></body></html>"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(preview)


def preview(
    context: typer.Context,
    key: Key,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8025,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Show an edition locally; it is drawn anew when templates, prompts or config change."""
    with house(context, quiet=True) as opened:
        path = config_path(context.obj.config)
        view = Preview(opened, path, key)
        view.draw()  # an unknown key or a broken edition is told before serving
        server = view.server(port)
        address = f"http://{LOOPBACK}:{server.server_address[1]}/"
        note(f"{address} shows {key}; Ctrl-C stops")
        if open_browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            note("stopped")
        finally:
            server.server_close()


class Preview:
    """One edition drawn from its kept facts with the present templates and config.

    Parameters
    ----------
    opened : House
        The workspace.
    path : pathlib.Path
        Its config.yaml.
    key : str
        The edition.
    """

    def __init__(self, opened: Any, path: Path, key: str) -> None:
        self._house, self._path, self.key = opened, path, key
        self._lock = threading.Lock()

    def draw(self) -> tuple[Any, Any]:
        """Return the mail and preflight's report, made now.

        Raises
        ------
        NewsletterError, ConfigError
            If the edition is unknown, or a template or the configuration is broken.
        """
        from newsletter.config import load
        from newsletter.draft.claims import Draft
        from newsletter.review.edition import EditionKey

        with self._lock:
            opened, key = self._house, EditionKey.parse(self.key)
            opened.config = load(self._path)
            revision = opened.editions.get(key).revision
            pipeline = opened.pipeline
            ledger = pipeline.ledger(revision.ledger)
            draft = Draft.from_bytes(pipeline.artefacts.get("draft", revision.draft))
            mail = opened.render(key, draft, ledger, pipeline.snapshot(revision.snapshot))
            return mail, opened.preflight(mail, ledger)

    def stamp(self) -> str:
        """Return a text that changes with every file the mail is drawn from."""
        from newsletter import assets

        files = [self._path]
        for name in ("templates", "prompts"):
            for folder in assets.folders(name, self._house.base):
                files += sorted(file for file in folder.rglob("*") if file.is_file())
        marks = [(str(file), file.stat().st_mtime_ns) for file in files if file.exists()]
        return str(hash(tuple(marks)))

    def page(self, path: str) -> tuple[str, str]:
        """Return content type and body of a page; an error becomes a page too."""
        from newsletter.render.standalone import standalone_html

        if path == "/stamp":
            return "text/plain", self.stamp()
        try:
            mail, report = self.draw()
        except (NewsletterError, ConfigError) as error:
            return "text/html", f"<!doctype html><title>Error</title><p>{html.escape(str(error))}"
        if path == "/mail.html":
            return "text/html", standalone_html(mail)
        if path == "/mail.txt":
            return "text/plain", mail.text
        if path == "/findings":
            return "text/plain", json.dumps(report.to_json(), ensure_ascii=False, indent=1)
        shown = _PAGE.format(key=html.escape(self.key), subject=html.escape(mail.subject))
        return "text/html", shown

    def server(self, port: int) -> http.server.ThreadingHTTPServer:
        """Return a server on the loopback address only.

        Raises
        ------
        ConfigError
            If the port is taken.
        """
        try:
            return http.server.ThreadingHTTPServer((LOOPBACK, port), _handler(self.page))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {LOOPBACK} is taken; give another with --port, or 0."
            ) from error


def _handler(page: Callable[[str], tuple[str, str]]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = page(self.path.partition("?")[0])
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep the terminal quiet."""

    return Handler
