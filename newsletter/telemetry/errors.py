"""Unexpected errors: what they are known by, how they are shown, and where they are told."""

import hashlib
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from newsletter.errors import ConfigError, NewsletterError
from newsletter.telemetry import metrics
from newsletter.telemetry.redaction import Redactor

EXTRA: Final = "pip install 'rotation-newsletter[sentry]'"
_log = logging.getLogger(__name__)
_ways: list[Callable[[BaseException, str, str], None]] = []


def expected(error: BaseException) -> bool:
    """Tell whether an error is one of ours, told to people in a sentence."""
    known = (NewsletterError, ConfigError, KeyboardInterrupt, SystemExit, GeneratorExit)
    return isinstance(error, known)


def fingerprint(error: BaseException) -> str:
    """Return what the same error of the same place is known by, whatever its words and lines."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_module(frame.filename)}:{frame.name}" for frame in frames]
    own = [place for place in places if place.startswith("newsletter")] or places[-3:]
    told = "\n".join([f"{type(error).__module__}.{type(error).__qualname__}", *own])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]


def traced(error: BaseException) -> str:
    """Return a traceback without anybody's values: no local variables, paths from the package."""
    told = traceback.TracebackException.from_exception(error, capture_locals=False, compact=True)
    return "".join(told.format()).rstrip()


def _module(file: str) -> str:
    name = file.replace("\\", "/").removesuffix(".py")
    _, found, inside = name.rpartition("/newsletter/")
    return f"newsletter.{inside.replace('/', '.')}" if found else name.rpartition("/")[2]


def report(error: BaseException, where: str, **about: Any) -> str:
    """Tell of an unexpected error once, in the log and wherever else is configured.

    Parameters
    ----------
    error : BaseException
        What was raised. One of ours is no report's matter.
    where : str
        The loop or the route; no reader, no secret.
    **about
        More for the line in the log.

    Returns
    -------
    str
        Its fingerprint; empty for one of ours.
    """
    if expected(error):
        return ""
    if not getattr(error, "_newsletter_told", False):
        trace = (type(error), error, error.__traceback__)
        _log.error(
            "Unexpected %s in %s", type(error).__name__, where, exc_info=trace,
            extra={"fields": {"where": where} | about},
        )  # fmt: skip
        hand_on(error, where)
    return fingerprint(error)


def hand_on(error: BaseException, where: str) -> str:
    """Count an unexpected error and tell it wherever is configured, once; return its fingerprint.

    The log calls it of every record with an exception, so that nobody can forget to.
    """
    if expected(error):
        return ""
    mark = fingerprint(error)
    if getattr(error, "_newsletter_told", False):
        return mark
    with suppress(Exception):  # an exception may take no attributes
        error._newsletter_told = True  # type: ignore[attr-defined]
    metrics.ERRORS.labels(_bounded(where)).inc()
    for way in _ways:
        with suppress(Exception):  # who cannot be told of errors must not be one
            way(error, where, mark)
    return mark


def _bounded(where: str) -> str:
    """Return a place fit for a label: the names of our modules and loops are few."""
    return where if len(where) <= 60 and "\n" not in where else "elsewhere"


@contextmanager
def reporting_to(dsn: str | None, redactor: Redactor, version: str, role: str) -> Iterator[None]:
    """Tell a Sentry-compatible service of unexpected errors while the block lasts.

    Parameters
    ----------
    dsn : str or None
        Its address with the key; None tells nobody.
    redactor : Redactor
        Asked of every event before it leaves.
    version, role : str
        What runs here, as what.

    Raises
    ------
    ConfigError
        If the library is not installed, or the address cannot be used.
    """
    if not dsn:
        yield
        return
    try:
        import sentry_sdk
    except ImportError:
        raise ConfigError(
            f"NEWSLETTER_SENTRY_DSN is set, and the library for it is missing; install it with "
            f"`{EXTRA}`, or unset the variable."
        ) from None
    try:
        client = sentry_sdk.Client(
            dsn=dsn, release=version, server_name="",
            include_local_variables=False, include_source_context=False, max_breadcrumbs=0,
            default_integrations=False, auto_session_tracking=False, shutdown_timeout=2,
            send_client_reports=False, traces_sample_rate=None, auto_enabling_integrations=False,
            before_send=lambda event, _: _redacted(event, redactor),
        )  # fmt: skip
    except sentry_sdk.utils.BadDsn:
        raise ConfigError(
            "NEWSLETTER_SENTRY_DSN is no address of a project; copy it from the service's "
            "settings, such as https://KEY@errors.example.com/1."
        ) from None

    def way(error: BaseException, where: str, mark: str) -> None:
        event, hint = sentry_sdk.utils.event_from_exception(error, client_options=client.options)
        event |= {"fingerprint": [mark], "tags": {"where": where, "role": role}}
        client.capture_event(event, hint)

    _ways.append(way)
    try:
        yield
    finally:
        _ways.remove(way)
        client.close(timeout=2)


def _redacted(event: Any, redactor: Redactor) -> Any:
    """Return an event as it may leave; whatever of a request or a person is in it does not."""
    kept = {
        name: event[name]
        for name in event
        if name not in {"request", "user", "breadcrumbs", "extra", "modules", "server_name"}
    }
    return redactor.value(kept, depth=-20)
