"""The desk on a port, in a thread of its own or until interrupted."""

from newsletter.app import House
from newsletter.desk.application import application
from newsletter.listening import Listening
from newsletter.telemetry.web import Observed


class Server(Listening):
    """The desk, listening.

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
        If the port is taken.
    """

    def __init__(self, house: House, host: str, port: int) -> None:
        super().__init__(
            Observed(application(house), "desk", named=True), host, port,
            part="desk", what="The desk", proxies=house.config.desk.proxies,
        )  # fmt: skip
