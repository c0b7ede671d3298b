"""What the product knows of the durable engine: a port, and the plain engine beside it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Step = Callable[..., Any]
"""``step(function, *args)``: run it once, durably, and return its result."""

Flow = Callable[..., Any]
"""``flow(step, *args)``: a deterministic path of steps; takes and returns plain data."""


class Engine(Protocol):
    """Runs flows so that a crash continues at the last finished step."""

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow to its end and return its result.

        Parameters
        ----------
        flow : str
            Registered name.
        id : str
            Names this run. A second start with the same id joins the first one, and
            takes it over if its process has died.
        *args
            Plain data, the same on every start.
        """
        ...

    def finished(self, id: str) -> bool | None:
        """Tell how a run ended: True well, False with an error, None not yet or never."""
        ...

    def retry(self, flow: str, key: str) -> bool:
        """Try the step again at which the last run of an edition failed.

        What the steps before it gave is kept and not made anew; a run that was cut off is
        continued.

        Parameters
        ----------
        flow : str
            Registered name.
        key : str
            The edition, as given to `DurableEngine.next_id`.

        Returns
        -------
        bool
            False where there is nothing to try again: no run is known, or the last one
            ended well.
        """
        ...


class PlainEngine:
    """Runs flows at once and remembers nothing: what the contract suite compares with."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = dict(flows)

    def run(self, flow: str, id: str, *args: Any) -> Any:
        """Run a flow; every call runs it anew."""
        del id
        return self._flows[flow](lambda function, *arguments: function(*arguments), *args)

    def finished(self, id: str) -> bool | None:
        """Return None: nothing is remembered."""
        del id
        return None

    def retry(self, flow: str, key: str) -> bool:
        """Return False: nothing is remembered."""
        del flow, key
        return False
