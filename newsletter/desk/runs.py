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

    def begin(self, flow: str, key: str, **order: str) -> bool:
        """Put work before the workers; False where it waits or goes on already.

        Parameters
        ----------
        flow, key, **order : str
            As for `House.submit`.
        """
        if self.going(flow, key):
            return False
        self._house.submit(flow, key, order)
        return True

    def going(self, flow: str, key: str) -> bool:
        """Tell whether work of an edition waits or goes on, whoever asked for it."""
        # A stage that is tried again is one of the flow that failed.
        return bool(self._house.worklist.going("produce" if flow == "retry" else flow, key))

    def nobody(self) -> str:
        """Return a sentence where no worker lives that takes what was begun; else nothing."""
        return "" if self._house.worklist.worked() else NOBODY
