"""A process that lasts, observed: its log, its figures, its health, spans and errors."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from newsletter import __version__
from newsletter.config import secret
from newsletter.errors import ConfigError
from newsletter.listening import Listening, listeners
from newsletter.observing import OTLP_HEADERS, PORT, SENTRY_DSN, Telemetry
from newsletter.telemetry import errors, metrics
from newsletter.telemetry.figures import Figures
from newsletter.telemetry.health import Health, writable
from newsletter.telemetry.logs import logging_to
from newsletter.telemetry.pulse import PULSES
from newsletter.telemetry.redaction import Redactor
from newsletter.telemetry.server import application
from newsletter.telemetry.traces import tracing_to

PART = "telemetry"


class Observation:
    """What a serving process says of itself to those who observe it.

    Parameters
    ----------
    health : Health
        What is answered.
    port : int
        Where.
    """

    def __init__(self, health: Health, port: int) -> None:
        self._health, self.port = health, port

    def ready(self) -> None:
        """Say that everything has begun; until then the process lives and is not ready."""
        self._health.started = True


@contextmanager
def observed(
    house: Any, role: str, note: Callable[[str], None], port: int | None = None
) -> Iterator[Observation]:
    """Observe this process while the block lasts.

    Parameters
    ----------
    house : House
        The workspace.
    role : str
        What this process does.
    note : callable
        Told where its health is answered.
    port : int, optional
        Instead of `telemetry.port`.

    Raises
    ------
    ConfigError
        If the port is taken, or a library that the configuration asks for is missing.
    """
    settings: Telemetry = house.config.telemetry
    redactor = Redactor(house.secrets())
    json = settings.logs == "json" or (settings.logs == "auto" and not sys.stderr.isatty())
    with ExitStack() as stack:
        stack.enter_context(
            logging_to(sys.stderr, redactor, role, json=json, handed=errors.hand_on)
        )
        dsn = secret(SENTRY_DSN)
        stack.enter_context(errors.reporting_to(dsn, redactor, __version__, role))
        headers = secret(OTLP_HEADERS)
        stack.enter_context(tracing_to(settings.otlp_url, headers, __version__, role))
        vitals = house.vitals
        health = Health(
            PULSES,
            {"database": vitals.require_well, "storage": writable(_folder(house))},
            house.stopping.is_set,
            lambda: [one for one in listeners() if one.part != PART],
        )
        stack.enter_context(_figures(house, vitals, role))
        server = _listening(application(health, metrics.REGISTRY), settings, port)
        server.start()
        stack.callback(server.close)
        note(f"health and metrics: http://{settings.host}:{server.port}/")
        try:
            yield Observation(health, server.port)
        except Exception as error:
            errors.report(error, f"serve {role}")
            raise


@contextmanager
def _figures(house: Any, vitals: Any, role: str) -> Iterator[None]:
    figures = Figures(
        vitals.read, house.config.editions, vitals.buckets, house.clock.now, PULSES,
        _folder(house), house.config.telemetry.figures_seconds,
    )  # fmt: skip
    metrics.BUILD.labels(__version__, role).set(1)
    metrics.REGISTRY.register(figures)
    try:
        yield
    finally:
        metrics.REGISTRY.unregister(figures)
        metrics.BUILD.clear()


def _folder(house: Any) -> Path:
    """Return the folder that holds what this process writes."""
    data: Path = house.base / "data"
    return data if data.is_dir() else Path(house.base)


def _listening(app: Any, settings: Telemetry, given: int | None) -> Listening:
    """Listen where it is said, or near the usual place where nothing is said."""
    wanted = settings.port if given is None else given

    def at(port: int) -> Listening:
        return Listening(
            app, settings.host, port, part=PART, what="What tells of this process's health",
            proxies="", option="--health-port",
        )  # fmt: skip

    if wanted is not None:
        return at(wanted)
    try:
        return at(PORT)
    except ConfigError:  # another part of the house on the same machine
        logging.getLogger(__name__).warning(
            "Port %s is taken; health is told at another one. Set telemetry.port, or give "
            "--health-port, where something is to look there.", PORT,
        )  # fmt: skip
        return at(0)
