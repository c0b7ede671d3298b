"""The log of a process that lasts: JSON lines for programs, plain ones for people.

Everything comes through here, ours and that of libraries, and leaves through one redactor.
"""

import datetime as dt
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

from newsletter.telemetry.redaction import Redactor

Event = MutableMapping[str, Any]
Handed = Callable[[BaseException, str], str]

LONGEST: Final = 20_000
"""Characters of one value in a log; a traceback of a deep recursion has many."""
OURS: Final = "newsletter"
"""Our loggers are heard from INFO on; all others from WARNING on."""
_BROKEN: Final = "a line of the log could not be written"

_active: "list[Log]" = []


class Log(logging.Handler):
    """Writes each record as one redacted line.

    Parameters
    ----------
    stream : file
        Where to.
    redactor : Redactor
        Asked last.
    json : bool
        Whether lines are JSON.
    always : dict
        What every line says, e.g. the role.
    handed : callable, optional
        Told of an unexpected exception; returns its fingerprint.
    """

    def __init__(
        self,
        stream: TextIO,
        redactor: Redactor,
        *,
        json: bool,
        always: dict[str, Any],
        handed: Handed | None = None,
    ) -> None:
        super().__init__(logging.INFO)
        self._stream, self._redactor, self._always, self._handed = stream, redactor, always, handed
        self._render = _renderer(json=json)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; what cannot be written is dropped and said to be."""
        try:
            event = self._event(record)
            line = self._render(event) if event is not None else ""
        except Exception:  # noqa: BLE001 - a log may end nothing, and must not tell more than a line
            line = f'{{"level": "error", "event": "{_BROKEN}"}}'
        if line:
            with suppress(OSError, ValueError):  # nobody reads any more, or the stream is closed
                self._stream.write(line + "\n")
                self._stream.flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """Say nothing: the usual way prints what was to be logged as it is."""

    def _event(self, record: logging.LogRecord) -> Event | None:
        from structlog.contextvars import get_contextvars

        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        event: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        for more in (get_contextvars(), getattr(record, "fields", {})):
            event |= {name: value for name, value in more.items() if name not in event}
        event |= {"logger": record.name} | self._always
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            if _told(error) and not record.name.startswith(OURS):
                return None  # it was told of where it happened; the server says it once more
            event |= self._about(error, record.name)
        elif record.exc_text:
            event["exception"] = record.exc_text
        # Last: what follows only writes plain values down.
        return _bounded(self._redactor.value(event))

    def _about(self, error: BaseException, where: str) -> dict[str, Any]:
        from newsletter.telemetry.errors import traced

        mark = self._handed(error, where) if self._handed else ""
        return {"exception": traced(error)} | ({"fingerprint": mark} if mark else {})


def _told(error: BaseException) -> bool:
    return bool(getattr(error, "_newsletter_told", False))


def _bounded(event: Event) -> Event:
    for name, value in event.items():
        if isinstance(value, str) and len(value) > LONGEST:
            event[name] = value[: LONGEST // 2] + " … " + value[-LONGEST // 2 :]
    return event


def _renderer(*, json: bool) -> Callable[[Event], str]:
    from structlog.processors import JSONRenderer

    if json:
        rendered = JSONRenderer(ensure_ascii=False, default=str)
        return lambda event: _on_one_line(str(rendered(None, "", event)))
    return _for_people


def _on_one_line(text: str) -> str:
    """Return JSON without the characters that some programs take for the end of a line."""
    for character in "\x85\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _for_people(event: Event) -> str:
    """Return a line for a terminal: when, what, then what is bound to it."""
    quiet = {"time", "level", "event", "logger", "role", "host", "pid", "exception"}
    level = event["level"]
    loud = f" {level.upper()}" if level not in {"info", "debug"} else ""
    bound = " ".join(f"{name}={event[name]}" for name in event if name not in quiet)
    text = f"{event['time'][11:19]}{loud} {event['event']}" + (f"  {bound}" if bound else "")
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    trace = "".join(c if c.isprintable() or c == "\n" else " " for c in event.get("exception", ""))
    return f"{text}\n{trace}" if trace else text


@contextmanager
def logging_to(
    stream: TextIO, redactor: Redactor, role: str, *, json: bool, handed: Handed | None = None
) -> Iterator[Log]:
    """Write the log of this process to a stream while the block lasts.

    Parameters
    ----------
    stream : file
        Where to; usually stderr.
    redactor : Redactor
        Asked last.
    role : str
        What this process does.
    json : bool
        Whether lines are JSON.
    handed : callable, optional
        Told of an unexpected exception; returns its fingerprint.
    """
    always = {"role": role, "host": socket.gethostname(), "pid": os.getpid()}
    log = Log(stream, redactor, json=json, always=always, handed=handed)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    ours = logging.getLogger(OURS)
    level = ours.level
    root.handlers, shown = [log], warnings.showwarning
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.INFO)
    logging.captureWarnings(True)
    _join_structlog()
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook = _fell, _thread_fell
    sys.unraisablehook = _not_raised
    _active.append(log)
    try:
        yield log
    finally:
        _active.remove(log)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        warnings.showwarning = shown
        root.handlers = before[0]
        root.setLevel(before[1])
        ours.setLevel(level)


def _join_structlog() -> None:
    """Let what is logged by structlog come through the same handler."""
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _as_record],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _as_record(_: Any, __: str, event: Event) -> tuple[tuple[str], dict[str, Any]]:
    said, trace = str(event.pop("event", "")), event.pop("exc_info", None)
    return (said,), {"exc_info": trace, "extra": {"fields": dict(event)}}


def active() -> bool:
    """Tell whether this process writes a log."""
    return bool(_active)


@contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Say some things on every line that this thread or task logs while the block lasts."""
    if not _active:
        yield
        return
    from structlog.contextvars import bound_contextvars

    with bound_contextvars(**fields):
        yield


def told(text: str) -> bool:
    """Write a line for people as an event of the log; False where there is none."""
    if not _active:
        return False
    logging.getLogger("newsletter.serve").info("%s", text)
    return True


def _fell(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    logging.getLogger("newsletter.fell").critical(
        "The process ends of an error", exc_info=(kind, error, trace)
    )


def _thread_fell(given: Any) -> None:
    if given.exc_type is SystemExit or given.exc_value is None:
        return
    logging.getLogger("newsletter.fell").error(
        "A thread ended of an error",
        exc_info=(given.exc_type, given.exc_value, given.exc_traceback),
    )


def _not_raised(given: Any) -> None:
    if given.exc_value is None:
        return
    logging.getLogger("newsletter.fell").error(
        "An error could not be passed on",
        exc_info=(given.exc_type, given.exc_value, given.exc_traceback),
    )
