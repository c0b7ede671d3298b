"""The local preview: an edition as readers will see it, drawn anew on every change.

While it is being made, by whatever process, the page shows how far it is, and the mail when
that is ready.
"""

import html
import http.server
import json
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Key, config_path, edition_key, house, note
from newsletter.cli.preview_page import INNER_POLICY, SHELL_POLICY, shell
from newsletter.cli.progress import lasting
from newsletter.errors import ConfigError, NewsletterError, NotFound
from newsletter.underway import STAGES, Making, line, readable

LOOPBACK = "127.0.0.1"

Page = tuple[str, str]
"""Content type and body."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(preview)


def preview(
    context: typer.Context,
    key: Key,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8025,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Show an edition locally, in the making too; it is drawn anew on every change."""
    with house(context, quiet=True) as opened:
        path = config_path(context.obj.config)
        view = Preview(opened, path, str(edition_key(key)))
        view.require()  # an unknown key or a broken edition is told before serving
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
        self._named = ("", "")  # a mail and its subject

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

    def require(self) -> None:
        """Make sure that there is something to show.

        Raises
        ------
        NotFound
            If there is no mail of this key and nobody is making one.
        NewsletterError, ConfigError
            If there is a mail and it cannot be drawn.
        """
        from newsletter.review.edition import EditionKey

        now = self._house.clock.now()
        run: Making | None = self._house.runs.find(self.key)
        if run is not None and run.goes_on(now):
            return
        found = self._house.editions.find(EditionKey.parse(self.key))
        if found is None and run is not None:
            raise NotFound(
                f"There is no mail of {self.key}, and nobody is making one. Its last run: "
                f"{run.verdict(now)}"
            )
        self.draw()

    def mark(self) -> str:
        """Return a text that changes with every file and revision the mail is drawn from."""
        from newsletter import assets

        files = [self._path]
        for name in ("templates", "prompts"):
            for folder in assets.folders(name, self._house.base):
                files += sorted(file for file in folder.rglob("*") if file.is_file())
        marks = [(str(file), file.stat().st_mtime_ns) for file in files if file.exists()]
        return str(hash((self._revision(), *marks)))

    def _revision(self) -> tuple[int, str] | None:
        """Return number and mail of the latest revision, or None while there is none."""
        from newsletter.review.edition import EditionKey

        found = self._house.editions.find(EditionKey.parse(self.key))
        return found and (found.revision.number, found.revision.rendered)

    def state(self) -> dict[str, Any]:
        """Return what the page asks for again and again, as plain JSON data."""
        revision, now = self._revision(), self._house.clock.now()
        run: Making | None = self._house.runs.find(self.key)
        return {
            "mark": self.mark(),
            "mail": revision is not None,
            "subject": self._subject(revision),
            "run": run and _told(run, now),
        }

    def _subject(self, revision: tuple[int, str] | None) -> str:
        if revision is None:
            return ""
        if self._named[0] != revision[1]:  # the whole mail is read for it: once, not each time
            self._named = revision[1], self._house.pipeline.mail(revision[1]).subject
        return self._named[1]

    def page(self, path: str) -> Page:
        """Return content type and body of a page; an error becomes a page too."""
        try:
            return self._page(path)
        except (NewsletterError, ConfigError) as error:
            return "text/html", f"<!doctype html><title>Error</title><p>{html.escape(str(error))}"

    def _page(self, path: str) -> Page:
        from newsletter.render.standalone import standalone_html

        if path == "/state":
            return "application/json", json.dumps(self.state())
        if path == "/":
            found = self.state()
            live = not found["mail"] or (found["run"] or {}).get("state") == "running"
            mark, subject = found["mark"], found["subject"]
            page = shell(self.key, subject, mark, mail=found["mail"], live=live)
            return "text/html", page
        mail, report = self.draw()
        if path == "/mail.txt":
            return "text/plain", mail.text
        if path == "/findings":
            return "text/plain", json.dumps(report.to_json(), ensure_ascii=False, indent=1)
        return "text/html", standalone_html(mail)

    def server(self, port: int) -> http.server.ThreadingHTTPServer:
        """Return a server on the loopback address only.

        Raises
        ------
        ConfigError
            If the port is taken.
        """
        try:
            return _Server((LOOPBACK, port), _handler(self.page))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {LOOPBACK} is taken; give another with --port, or 0."
            ) from error


_TITLES = {
    "running": "In the making",
    "done": "Made",
    "failed": "It failed",
    "stale": "Broken off",
}


def _told(run: Making, now: Any) -> dict[str, Any]:
    """Return what the page shows of a run."""
    sent = f"{run.sent:,} characters" if run.sent else ""
    document = run.to_json(now)
    return {
        **document,
        "title": _TITLES[document["state"]],
        "verdict": run.verdict(now),
        "stages": STAGES.get(run.work, ()),
        "took": lasting(run.seconds(now)),
        "about": " · ".join(part for part in (run.hand, sent) if part),
        "prose": readable(run.text),
    }


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong in a line, and nothing where a browser has only gone away."""
        del request, client_address
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            note(f"A page could not be made: {type(error).__name__}: {line(str(error))}")


def _handler(page: Callable[[str], Page]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            kind, body = page(path)
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            policy = SHELL_POLICY if path == "/" else INNER_POLICY
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep the terminal quiet."""

    return Handler
