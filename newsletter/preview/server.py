"""The preview's pages, and the server that gives them out on loopback only."""

import asyncio
import contextlib
import json
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from importlib import resources
from typing import Annotated, Any, Final

import uvicorn
from fastapi import Body, FastAPI, Request, Response
from fastapi.datastructures import QueryParams
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse

from newsletter import waiting
from newsletter.config import Sender
from newsletter.errors import ConfigError, NewsletterError
from newsletter.pooling import POOL
from newsletter.preview import letters
from newsletter.preview.choice import JURISDICTIONS, SCHEMES, Choice
from newsletter.preview.exports import FORMS, exported
from newsletter.preview.frame import framed, with_head
from newsletter.preview.guard import LOOPBACK, Guard, shell_policy
from newsletter.preview.live import Live
from newsletter.preview.marks import STYLE, marked
from newsletter.preview.message import message, own, test
from newsletter.preview.panels import Panels
from newsletter.preview.readers import READERS
from newsletter.preview.studio import Studio
from newsletter.preview.trouble import trouble
from newsletter.preview.watching import Watching
from newsletter.preview.web import SANDBOX, web_frame
from newsletter.render.checks import GMAIL_CLIP, MOST_BYTES

PULSE: Final = 0.4
"""Seconds between two looks at runs in the making, which other processes write down."""
SHOWN_EDITIONS: Final = 200
STATIC: Final = {
    "js": ("preview", "drawing", "panels", "checks", "making", "choices", "tools"),
    "css": ("preview", "checks"),
}
"""Files of script and of style, each made one in this order; the last script begins."""


class Pages:
    """The answers to every address.

    Parameters
    ----------
    studio : Studio
        What is previewed.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio, self.live, self.panels = studio, Live(studio), Panels(studio)
        self.token = secrets.token_urlsafe(24)
        self.watching = Watching(studio.house, studio.file)
        self.stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Let every stream of events end, from any thread."""
        if self.stop is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.stop.set)

    def app(self, port: int) -> FastAPI:
        """Return the application, guarded for a port."""
        app = FastAPI(lifespan=self._lifespan, docs_url=None, redoc_url=None, openapi_url=None)
        routes: dict[str, Callable[..., Any]] = {
            "/": self.shell, "/choices": self.choices, "/state": self.state, "/look": self.look,
            "/frame": self.frame, "/mail.html": self.frame, "/web": self.web,
            "/mail.txt": self.text, "/findings": self.findings, "/panel/{name}": self.panel,
            "/export/{form}": self.export, "/events": self.events,
        }  # fmt: skip
        for path, answer in routes.items():
            app.get(path, response_model=None)(answer)
        app.post("/send", response_model=None)(self.send)
        app.exception_handler(NewsletterError)(self.failed)
        app.exception_handler(ConfigError)(self.failed)
        app.add_middleware(Guard, port=port, token=self.token)
        return app

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        del app
        self.stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        watch = asyncio.create_task(self.watching.run(self.stop))
        yield
        self.stop.set()
        await watch

    # -- the page ----------------------------------------------------------------------

    @cached_property
    def _assets(self) -> tuple[str, str]:
        folder = resources.files("newsletter.preview") / "static"
        script, style = (
            "".join((folder / f"{name}.{kind}").read_text("utf-8") for name in STATIC[kind])
            for kind in ("js", "css")
        )
        return script, style

    def shell(self) -> Response:
        """Return the page around the mail; what it shows stands in its address."""
        script, style = self._assets
        page = self.panels.pages.get_template("shell.html.j2")
        html = page.render(script=script, style=style, token=self.token, schemes=SCHEMES)
        policy = {"Content-Security-Policy": shell_policy(script, style)}
        return HTMLResponse(html, headers=policy)

    def choices(self) -> dict[str, Any]:
        """Return what can be chosen."""
        house, studio = self.studio.house, self.studio
        with contextlib.suppress(ConfigError):  # told where the mail is; the old choices stand
            house.refresh()
        config = house.config
        kept = house.editions.all(SHOWN_EDITIONS)
        return {
            "key": studio.key,
            "file": studio.file.name if studio.file else "",
            "editions": [{"key": str(one.key), "state": str(one.state)} for one in kept],
            "letters": letters.listed(),
            "kinds": list(config.editions),
            "exchange": config.publication.exchange,
            "drafts": studio.order is not None,
            "lists": sorted({kind.list for kind in config.editions.values()}),
            "readers": [{"id": one.id, "told": one.told} for one in READERS.values()],
            "laws": JURISDICTIONS,
            "law": config.jurisdictions,
            "senders": {
                name: f"{one.transport}: {_where(one)}" for name, one in config.senders.items()
            },
            "forms": list(FORMS),
            "limit": MOST_BYTES,
            "clip": GMAIL_CLIP,
        }

    def state(self, key: str = "") -> dict[str, Any]:
        """Return what changes by itself."""
        return self.live.state(key)

    async def events(self, request: Request, key: str = "") -> Response:
        """Tell of every change as it happens (server-sent events)."""
        return StreamingResponse(
            self._told(request, key), media_type="text/event-stream; charset=utf-8"
        )

    async def _told(self, request: Request, key: str) -> AsyncIterator[str]:
        last, quiet = "", 0
        with self.watching.listening() as heard:
            while self.stop is not None and not self.stop.is_set():
                heard.clear()
                now = json.dumps(await asyncio.to_thread(self._safe_state, key))
                quiet += 1
                if now != last:
                    yield f"event: state\ndata: {now}\n\n"
                elif quiet % 20 == 0:
                    yield ": still here\n\n"
                last = now
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), PULSE)
                if await request.is_disconnected():
                    return

    def _safe_state(self, key: str) -> dict[str, Any]:
        try:
            return self.live.state(key)
        except (NewsletterError, ConfigError) as error:
            return {"error": str(error)}

    # -- the mail ----------------------------------------------------------------------

    def look(self, request: Request) -> Response:
        """Return what the mail weighs and says, or what is wrong with what it is made of."""
        try:
            return JSONResponse(self._look(Choice.read(request.query_params)))
        except Exception as error:  # noqa: BLE001 - a template can raise anything, and is told so
            found = trouble(error, self.studio.house)
            return JSONResponse({"trouble": found.to_json()})

    def _look(self, choice: Choice) -> dict[str, Any]:
        proof = self.studio.draw(choice)
        mail, key = proof.mail, proof.material.key
        try:
            whole = len(message(self.studio, choice, proof))
        except (NewsletterError, ConfigError):
            whole = 0  # told where the headers are shown
        return {
            "key": key,
            "subject": mail.subject,
            "made": proof.material.made,
            "html": mail.heaviest,
            "text": len(mail.text.encode()),
            "pictures": sum(len(image.png) for image in mail.images),
            "message": whole,
            "milliseconds": round(1000 * proof.seconds),
            "has_html": bool(mail.html),
            "has_web": bool(mail.web),
            "has_script": bool(mail.narration),
            "sample": mail.sample,
        }

    def frame(self, request: Request) -> Response:
        """Return the mail as a client shows it."""
        choice = Choice.read(request.query_params)
        proof = self.studio.draw(choice)
        mine = own(self.studio, choice, proof.material.key or self.studio.key)
        html = proof.mail.opened().html
        if not html:
            html = self.panels.pages.get_template("bare.html.j2").render(text=proof.mail.text)
        elif choice.marks:
            report = self.studio.report(choice)
            if report is not None:
                html, _ = marked(html, report.claims)
                html = with_head(html, STYLE)
        return HTMLResponse(framed(proof.mail, choice, mine, html))

    def web(self, request: Request) -> Response:
        """Return the web edition, in a sandbox where its own script runs."""
        choice = Choice.read(request.query_params)
        page = web_frame(self.studio.draw(choice).mail, choice)
        return HTMLResponse(page, headers={"Content-Security-Policy": SANDBOX})

    def text(self, request: Request) -> Response:
        """Return the plain-text part."""
        return PlainTextResponse(self.studio.draw(Choice.read(request.query_params)).mail.text)

    def findings(self, request: Request) -> Response:
        """Return preflight's report as JSON text."""
        report = self.studio.report(Choice.read(request.query_params))
        told = report.to_json() if report else {}
        return PlainTextResponse(json.dumps(told, ensure_ascii=False, indent=1))

    def panel(self, name: str, request: Request) -> Response:
        """Return one panel."""
        try:
            return JSONResponse(self.panels.page(name, Choice.read(request.query_params)))
        except Exception as error:  # noqa: BLE001 - as in `look`: an answer while it is mended
            return JSONResponse({"error": trouble(error, self.studio.house).message})

    # -- acts --------------------------------------------------------------------------

    def export(self, form: str, request: Request) -> Response:
        """Return the mail as a file."""
        choice = Choice.read(request.query_params)
        given = request.query_params.get("width", "")
        data = exported(self.studio, choice, form, int(given) if given.isdecimal() else 640)
        name = self.studio.material(choice.key).key or "mail"
        found = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
        return Response(data, media_type=FORMS[form], headers=found)

    def send(
        self,
        to: Annotated[str, Body()],
        sender: Annotated[str, Body()],
        query: Annotated[str, Body()],
    ) -> Response:
        """Send a marked test of what is shown."""
        if sender not in self.studio.house.config.senders:
            raise ConfigError(f"There is no sender {sender[:40]!r} in config.yaml.")
        answer = test(self.studio, Choice.read(QueryParams(query.lstrip("?"))), to, sender)
        return JSONResponse({"sent": f"A test went to {to}: {answer}"})

    def failed(self, request: Request, error: Exception) -> Response:
        """Return an error as the sentence it is, in the form that was asked for."""
        if request.url.path in {"/frame", "/mail.html", "/web", "/"}:
            page = self.panels.pages.get_template("bare.html.j2").render(text=str(error))
            return HTMLResponse(page, 422)
        return JSONResponse({"error": str(error)}, 422)


def _where(sender: Sender) -> str:
    """Return where a sender's mail goes first."""
    if sender.transport == POOL:
        return ", ".join(f"{way.sender} {way.weight}" for way in sender.ways)
    return str(sender.path if sender.transport == "maildir" else sender.host)


class Server:
    """The preview on a port of this machine, in a thread of its own.

    Parameters
    ----------
    studio : Studio
        What is previewed.
    port : int
        0 takes a free one.

    Raises
    ------
    ConfigError
        If the port is taken.
    """

    def __init__(self, studio: Studio, port: int) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((LOOPBACK, port))
        except OSError as error:
            self._socket.close()
            raise ConfigError(
                f"Port {port} on {LOOPBACK} is taken; give another with --port, or 0."
            ) from error
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://{LOOPBACK}:{self.port}/"
        self.pages = Pages(studio)
        config = uvicorn.Config(
            self.pages.app(self.port), log_level="error", log_config=None, access_log=False,
            ws="none", timeout_graceful_shutdown=1, server_header=False, lifespan="on",
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="preview")
        # Not `Thread.join`: Python 3.11 takes a thread for dead whose join was interrupted.
        self._ended = threading.Event()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._ended.set()

    def start(self) -> None:
        """Begin to serve; return when it does."""
        self._thread.start()
        while not self._server.started and not self._ended.wait(0.01):
            pass

    def wait(self) -> None:
        """Serve until interrupted."""
        waiting.until(self._ended)

    def close(self) -> None:
        """Stop, and free the port."""
        if self._thread.ident is not None:
            self._server.should_exit = True
            self.pages.end()
            self._ended.wait()
        self._socket.close()
