"""Runs: work that the desk begins and that outlives a page, done by whatever worker takes it.

A run takes minutes; the durable engine of the process that does it, on this machine or on
another, brings it to its end. The desk only asks for it and reads the board that tells how far
it is, so that a page never waits for one.
"""

from typing import Final

from newsletter.app import House

NOBODY: Final = (
    "No worker is running that could do it; it waits until one is: `newsletter serve`, or "
    "`newsletter serve --role worker` on any machine."
)


class Runs:
    """Begins runs.

    Parameters
    ----------
    house : House
        The workspace.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def begin(self, *command: str) -> bool:
        """Ask for what a command of the newsletter's own does; False where it goes on already.

        Parameters
        ----------
        *command : str
            E.g. ``"run", "--session", "2026-07-02", "--edition", "evening"``.
        """
        if self.going(*command):
            return False
        flow, key, order = self._meant(command)
        self._house.submit(flow, key, order)
        return True

    def going(self, *command: str) -> bool:
        """Tell whether the work of a command waits or goes on, whoever asked for it."""
        flow, key, _ = self._meant(command)
        return bool(self._house.worklist.going("produce" if flow == "retry" else flow, key))

    def nobody(self) -> str:
        """Return a sentence where no worker lives that takes what was begun; else nothing."""
        return "" if self._house.worklist.worked() else NOBODY

    def _meant(self, command: tuple[str, ...]) -> tuple[str, str, dict[str, str]]:
        name, *rest = command
        if name == "run":
            day, kind = rest[1], rest[3]
            key = f"{day}.{self._house.config.publication.exchange}.{kind}"
            return ("retry" if "--retry" in rest else "produce"), key, {}
        if name == "send":
            return "deliver", rest[0], {}
        return "renew", rest[0], {"editor": rest[-1].removeprefix("--as=")}
