"""Headers: what every public answer carries, and the path below which the pages stand."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.guarding import Guarded, guarding

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of these pages: no script at all, nothing inline or from elsewhere."""

SENT: Final = guarding(POLICY)


class Headers(Guarded):
    """Adds `SENT` to every answer, wherever the pages stand.

    Parameters
    ----------
    app : ASGI application
        What answers.
    prefix : str
        Path of ``publication.base_url``; a request below it is answered like one without.
    """

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        super().__init__(app, SENT)
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._prefix}/"):
            path = scope["path"][len(self._prefix) :] or "/"
            if self._prefix:  # in place: whoever is around this one learns the route from it
                scope.update(path=path, raw_path=path.encode())
        await super().__call__(scope, receive, send)
