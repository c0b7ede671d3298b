"""Guard: who may ask the preview anything, and what its answers may do.

The preview listens on loopback only, yet every page of the web that a developer opens can
send requests there. A name that a stranger's DNS points at 127.0.0.1 is refused by its Host
header, a request from another site by the browser's own statement, and an act by its token.
"""

import base64
import hashlib
import secrets
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
TOKEN: Final = "x-preview-token"  # noqa: S105 - a header's name

INNER_POLICY: Final = (
    "sandbox allow-same-origin; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of every mail: no script, nothing from anywhere, no forms.

It may say whose origin it is, so that the page around it can keep its scroll position; without
scripts it can do nothing with that.
"""


def hashed(text: str) -> str:
    """Return the source expression that allows exactly this inline script or style."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def shell_policy(script: str, style: str) -> str:
    """Return the policy of the page itself: its own script and style, and nothing else."""
    return (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
        "connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """ASGI middleware that refuses whoever is not this machine's own browser.

    Parameters
    ----------
    app : ASGI application
        What it guards.
    port : int
        Where it listens.
    token : str
        What acts must carry.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app, self._token = app, token
        self._hosts = {f"{name}:{port}" for name in (LOOPBACK, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if refusal:
            await PlainTextResponse(refusal, 403)(scope, receive, _with_headers(send))
            return
        await self._app(scope, receive, _with_headers(send))

    def refusal(self, scope: Scope) -> str:
        """Return why a request is refused, or an empty string."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self._hosts:
            return "The preview answers to 127.0.0.1 and localhost only."
        if origin is not None and origin not in {f"http://{name}" for name in self._hosts}:
            return "Another site may not ask the preview anything."
        site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
        if site in {"cross-site", "same-site"} and not (
            mode == "navigate" and scope["path"] == "/"
        ):
            return "Another site may not ask the preview anything."
        if scope["method"] not in {"GET", "HEAD"} and not secrets.compare_digest(
            headers.get(TOKEN, "").encode(), self._token.encode()
        ):
            return "This act came without the page's token; load the page again."
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> Any:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            if "content-security-policy" not in headers:
                headers["Content-Security-Policy"] = INNER_POLICY
        await send(message)

    return sending
