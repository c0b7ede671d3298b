"""The public pages on a port, in a thread of their own, with the confirming mails they cause."""

import contextlib

from newsletter.app import House
from newsletter.listening import Listening
from newsletter.public.application import application
from newsletter.public.posting import posting
from newsletter.telemetry.web import Observed


class Server(Listening):
    """The public pages, listening.

    Parameters
    ----------
    house : House
        The workspace.
    host : str
        Address to listen on.
    port : int
        0 takes a free one.

    Raises
    ------
    ConfigError
        If the port is taken, or an open hook lacks a secret.
    """

    def __init__(self, house: House, host: str, port: int) -> None:
        for name in house.config.hooks.accept:  # one that cannot work is told at the start
            house.hook_secrets(name)
        app = application(house)
        super().__init__(
            Observed(app, "public"), host, port, part="public", what="The public pages",
            proxies=house.config.public.proxies,
        )  # fmt: skip
        self._site = app.state.site
        self._posting = contextlib.ExitStack()

    def start(self) -> None:
        """Begin to serve and to post; return when it does."""
        super().start()
        self._posting.enter_context(posting(self._site))

    def close(self) -> None:
        """Stop, letting answers under way end, and free the port."""
        self._posting.close()
        super().close()
