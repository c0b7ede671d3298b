"""Figures that the store knows, read when somebody asks: the truth of all processes together."""

import datetime as dt
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from newsletter.errors import NewsletterError
from newsletter.telemetry.pulse import Pulses

PART: Final = 20
"""Reading may take one part in so many of the time: a long reading is not soon repeated."""
MODELS: Final = 20
"""Names of models that get a label of their own."""
FLOWS: Final = frozenset({"produce", "revise", "deliver"})
STAGES: Final = frozenset({
    "collect", "compute", "recollect", "draft", "render", "preflight", "review", "freeze", "send",
    "close",
})  # fmt: skip
OTHER: Final = "other"


class Figures:
    """What the store says, as Prometheus reads it.

    Parameters
    ----------
    read : callable
        An instant to what the store says; raises one of our errors where it does not answer.
    kinds : collection of str
        The kinds of edition that are configured.
    buckets : sequence of float
        Upper bounds of the durations of stages, as `read` counts them.
    now : callable
        The aware present instant.
    pulses : Pulses
        This process's loops.
    folder : pathlib.Path
        Whose disk is looked at.
    seconds : float
        How old a reading may be.
    clock : callable
        Seconds that only rise.
    """

    def __init__(
        self,
        read: Callable[[dt.datetime], dict[str, Any]],
        kinds: Collection[str],
        buckets: Collection[float],
        now: Callable[[], dt.datetime],
        pulses: Pulses,
        folder: Path,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._kinds, self._buckets, self._now = read, set(kinds), buckets, now
        self._pulses, self._folder, self._seconds, self._clock = pulses, folder, seconds, clock
        self._lock = threading.Lock()
        self._kept: dict[str, Any] | None = None
        self._until, self._took = float("-inf"), 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; where the store does not answer, that and what needs none of it."""
        yield from self._own()
        found = self._reading()
        yield GaugeMetricFamily(
            "newsletter_store_up", "Whether the database answered.", float(found is not None)
        )
        if found is not None:
            yield from self._of_editions(found)
            yield from self._of_copies(found)
            yield from self._of_work(found)
            yield from self._of_models(found)
            yield GaugeMetricFamily(
                "newsletter_database_bytes", "Size of the database.", found["bytes"]
            )
            yield GaugeMetricFamily(
                "newsletter_store_read_seconds", "How long reading these figures took.", self._took
            )

    def _reading(self) -> dict[str, Any] | None:
        """Return what the store said last, asking it anew where that is old."""
        with self._lock:
            if self._clock() >= self._until:
                began = self._clock()
                try:
                    self._kept = self._read(self._now())
                except NewsletterError:
                    self._kept = None
                self._took = self._clock() - began
                self._until = self._clock() + max(self._seconds, self._took * PART)
            return self._kept

    def _own(self) -> Iterator[Metric]:
        silent = GaugeMetricFamily(
            "newsletter_loop_silence_seconds", "Since a loop of this process said that it goes on.",
            labels=("loop",),
        )  # fmt: skip
        worst: dict[str, float] = {}
        for one in self._pulses.all():
            worst[one.name] = max(one.silent, worst.get(one.name, 0.0))
        for name, seconds in worst.items():
            silent.add_metric((name,), seconds)
        yield silent
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return
        yield GaugeMetricFamily("newsletter_storage_free_bytes", "Left on the disk.", free)

    def _of_editions(self, found: dict[str, Any]) -> Iterator[Metric]:
        states = GaugeMetricFamily("newsletter_editions", "Editions by state.", labels=("state",))
        for state, count in sorted(found["editions"].items()):
            states.add_metric((state,), count)
        yield states
        for name, what in (("made", "was made"), ("sent", "that has been sent was made")):
            at = GaugeMetricFamily(
                f"newsletter_last_edition_{name}_timestamp_seconds",
                f"When the newest edition of a kind {what}.", labels=("kind",),
            )  # fmt: skip
            for kind in sorted(self._kinds & set(found[name])):
                at.add_metric((kind,), found[name][kind].timestamp())
            yield at

    def _of_copies(self, found: dict[str, Any]) -> Iterator[Metric]:
        copies = GaugeMetricFamily(
            "newsletter_copies", "Copies of the last editions by state.", labels=("state",)
        )
        for state, count in sorted(found["copies"].items()):
            copies.add_metric((state,), count)
        yield copies
        reports = GaugeMetricFamily(
            "newsletter_reports_day", "What was reported of copies in the last 24 hours.",
            labels=("what", "verdict"),
        )  # fmt: skip
        for labels, count in sorted(found["reports"].items()):
            reports.add_metric(labels, count)
        yield reports

    def _of_work(self, found: dict[str, Any]) -> Iterator[Metric]:
        runs = GaugeMetricFamily(
            "newsletter_runs", "How the last run of each edition stands.", labels=("work", "state")
        )
        for labels, count in sorted(found["runs"].items()):
            runs.add_metric(labels, count)
        yield runs
        flows = GaugeMetricFamily(
            "newsletter_flows", "Flows that the engine keeps, by state.", labels=("flow", "state")
        )
        for labels, count in sorted(_folded(found["flows"] or {}, FLOWS).items()):
            flows.add_metric(labels, count)
        yield flows
        took = HistogramMetricFamily(
            "newsletter_stage_duration_seconds", "How long stages took.", labels=("stage",)
        )
        for stage, (within, count, total) in sorted((found["stages"] or {}).items()):
            if stage in STAGES:
                bounds = [*map(_bound, self._buckets), "+Inf"]
                took.add_metric((stage,), list(zip(bounds, [*within, count], strict=True)), total)
        yield took

    def _of_models(self, found: dict[str, Any]) -> Iterator[Metric]:
        about = {
            "calls": "Calls of language models.",
            "tokens": "Tokens that language models were paid for.",
            "cost": "What language models have cost, in the money of model.price.",
        }
        rows = found["model"].items()
        known = sorted(rows, key=lambda one: (-one[1][1], one[0]))
        kept = [(name, spent) for name, spent in known[:MODELS]]
        rest = [spent for _, spent in known[MODELS:]]
        if rest:
            kept.append((OTHER, tuple(map(sum, zip(*rest, strict=True)))))
        for place, (name, words) in enumerate(about.items()):
            family = CounterMetricFamily(f"newsletter_model_{name}", words, labels=("model",))
            for model, spent in kept:
                family.add_metric((model,), spent[place])
            yield family


def _folded(counts: dict[tuple[str, str], int], known: Collection[str]) -> dict[Any, int]:
    """Return counts under known names, and all others together."""
    out: dict[tuple[str, str], int] = {}
    for (name, state), count in counts.items():
        labels = (name if name in known else OTHER, state)
        out[labels] = out.get(labels, 0) + count
    return out


def _bound(bound: float) -> str:
    return repr(float(bound))
