"""Reading config.yaml anew while serving: the same process, with its ports open throughout.

On SIGHUP the file is checked. One that cannot be used changes nothing. With one that can, the
process stops as it does for good, and begins anew under the same number: whoever calls meanwhile
waits in the queue of the port, and durable work goes on from its last finished step.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from newsletter import listening
from newsletter.config import environment
from newsletter.errors import ConfigError, NewsletterError
from newsletter.operating import notifying

if TYPE_CHECKING:
    from newsletter.app import House

HANDLES: Final = "NEWSLETTER_LISTENING"
"""The variable by which ports are handed on: this process's number, then part and handle."""


@contextlib.contextmanager
def reloading(
    house: "House", note: Callable[[str], None], afterwards: Callable[[Callable[[], None]], None]
) -> Iterator[None]:
    """Begin anew on SIGHUP while the block lasts, if config.yaml can be used.

    Parameters
    ----------
    house : House
        The workspace that is served.
    note : callable
        Told why a file changes nothing.
    afterwards : callable
        Given what is done at the very end, after everything has stopped.
    """
    listening.take_over(_handed_on())
    if threading.current_thread() is not threading.main_thread():
        yield  # only a main thread hears signals
        return

    def asked(*_: object) -> None:
        wrong = unusable(house)
        if wrong:
            note(f"config.yaml was not taken over, and what is served stays: {wrong}")
            notifying.reloading(anew=False)
            notifying.tell("READY=1")
            return
        note("config.yaml has changed; beginning anew with it")
        notifying.reloading(anew=True)
        # A second call while the program begins anew must not end it; it reads the file anyway.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        handles = listening.keep_open()
        afterwards(lambda: _begin_anew(handles))
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGHUP, asked)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGHUP) is asked:
            signal.signal(signal.SIGHUP, before)


def begun() -> None:
    """Close ports that were handed on and are not listened on any more."""
    listening.let_go()


def unusable(house: "House") -> str:
    """Return why config.yaml cannot be taken over as it stands now; empty where it can.

    Parameters
    ----------
    house : House
        What is served with the one before.
    """
    from newsletter.app import House

    try:
        with contextlib.closing(House(house.config_path, clock=house.clock)) as new:
            if new.database_url != house.database_url:
                _ = new.database
            for name in new.config.hooks.accept:
                new.hook_secrets(name)
            for part in ("desk", "public"):
                _require_free(part, getattr(house.config, part), getattr(new.config, part))
    except (ConfigError, NewsletterError) as error:
        return str(error)
    return ""


def _require_free(part: str, old: Any, new: Any) -> None:
    if (old.host, old.port) != (new.host, new.port):
        probe = listening.bound(part, new.host, new.port, f"{part}:")
        probe.close()


def _handed_on() -> dict[str, int]:
    """Return what this very process has left to itself; a child's copy of it means nothing."""
    number, _, rest = (environment(HANDLES) or "").partition(":")
    if number != str(os.getpid()):
        return {}
    pairs = (each.partition("=") for each in rest.split(",") if each)
    return {part: int(handle) for part, _, handle in pairs if handle.isdigit()}


def _begin_anew(handles: dict[str, int]) -> None:
    for handle in handles.values():
        os.set_inheritable(handle, True)
    told = ",".join(f"{part}={handle}" for part, handle in handles.items())
    given = {**os.environ, HANDLES: f"{os.getpid()}:{told}"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], given)  # noqa: S606
