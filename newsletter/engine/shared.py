"""One engine for a process: whoever needs it shares the one that is open."""

import contextlib
import threading
from collections.abc import Iterator, Mapping

from newsletter.engine.durable import DurableEngine
from newsletter.engine.port import Flow
from newsletter.errors import WorkError


class _Open:
    """What is open in this process, and how many use it."""

    turn = threading.Condition()
    engine: DurableEngine | None = None
    url = ""
    users = 0
    moving = False


@contextlib.contextmanager
def opened(url: str, flows: Mapping[str, Flow], concurrency: int = 0) -> Iterator[DurableEngine]:
    """Open the engine while the block lasts, or share the one that another thread has open.

    Parameters
    ----------
    url : str
        SQLAlchemy URL of the product's database.
    flows : dict of str to Flow
        The flows by name.
    concurrency : int
        As for `DurableEngine`. Who is to take work waits until one that takes none is closed.

    Raises
    ------
    WorkError
        If the process has one open on another database.
    """
    engine = _enter(url, flows, concurrency)
    try:
        yield engine
    finally:
        _leave(engine)


def _enter(url: str, flows: Mapping[str, Flow], concurrency: int) -> DurableEngine:
    with _Open.turn:
        _Open.turn.wait_for(
            lambda: (
                not _Open.moving
                and (_Open.engine is None or not concurrency or bool(_Open.engine.concurrency))
            )
        )
        if _Open.engine is not None:
            if _Open.url != url:
                raise WorkError(
                    "This process works on another database already; use a process of its own."
                )
            _Open.users += 1
            return _Open.engine
        _Open.moving = True
    try:
        engine = DurableEngine(url, flows, concurrency=concurrency).__enter__()
    except BaseException:
        with _Open.turn:
            _Open.moving = False
            _Open.turn.notify_all()
        raise
    with _Open.turn:
        _Open.engine, _Open.url, _Open.users, _Open.moving = engine, url, 1, False
        _Open.turn.notify_all()
    return engine


def _leave(engine: DurableEngine) -> None:
    with _Open.turn:
        _Open.users -= 1
        if _Open.users:
            return
        _Open.engine, _Open.moving = None, True
    try:
        engine.__exit__(None, None, None)
    finally:
        with _Open.turn:
            _Open.moving = False
            _Open.turn.notify_all()
