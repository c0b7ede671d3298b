"""Figures that a process counts itself; what the store knows is read there (`figures`)."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

REGISTRY: Final = CollectorRegistry(auto_describe=False)
"""Of this process; a library's own figures do not get into it."""
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS: Final = Counter(
    "newsletter_http_requests", "Requests answered, by route as it is written in the program.",
    ("part", "method", "route", "status"), registry=REGISTRY,
)  # fmt: skip
ANSWERED: Final = Histogram(
    "newsletter_http_request_duration_seconds", "From a request's head to the end of its answer.",
    ("part", "route"), buckets=_SECONDS, registry=REGISTRY,
)  # fmt: skip
ERRORS: Final = Counter(
    "newsletter_unexpected_errors", "Errors that nobody foresaw, by loop, route or module.",
    ("where",), registry=REGISTRY,
)  # fmt: skip
BUILD: Final = Gauge(
    "newsletter_build_info", "What runs here.", ("version", "role"), registry=REGISTRY
)
QUEUED: Final = Gauge(
    "newsletter_queue_depth", "Work that waits in a queue of this process.", ("queue",),
    registry=REGISTRY,
)  # fmt: skip


def watch_queue(name: str, depth: Callable[[], float]) -> None:
    """Ask how much waits in a queue whenever somebody reads the figures.

    Parameters
    ----------
    name : str
        A fixed name.
    depth : callable
        Answers at once.
    """
    QUEUED.labels(name).set_function(depth)
