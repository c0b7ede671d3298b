"""Time an audience of a million from its file to the ledger of deliveries; print JSON.

Usage: python benchmarks/audience.py [--readers N] [--copies N] [--folder DIR]

Each step is a process of its own, so that its peak of memory is its own: writing the file,
importing it, importing it again, counting and reading a segment, freezing the audience of an
edition (which writes a queued row for each reader), the first batch of the queue, and sending
the first copies of some 60 kB to a sink on this machine (Postfix's smtp-sink where there is
one). With --folder what is there already is not made again.
"""

import argparse
import contextlib
import csv
import dataclasses
import datetime as dt
import io
import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks")]
NOW = dt.datetime(2026, 7, 2, 21, 45, tzinfo=dt.UTC)
EDITION = "2026-07-02.XNYS.evening"
COUNTRIES = ("US", "IN", "GB", "DE", "CA", "BR", "")
TICKERS = ("AAPL", "MSFT", "NVDA", "TSLA", "SPY")
SEGMENT = 'country in ["IN", "GB"] and "AAPL" in tickers and joined > 2024-01-01'


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--copies", type=int, default=50_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        steps: tuple[Callable[[Path, int], Any], ...] = (
            written, imported, imported, segmented, frozen, queued,
        )  # fmt: skip
        if (folder / "news.db").exists():
            steps = ()
        told = [(step.__name__, measured(step, folder, options.readers)) for step in steps]
        told.append(("sent", measured(sent, folder, options.copies)))
        size = (folder / "news.db").stat().st_size
    print(
        json.dumps({"readers": options.readers, "database_mb": size >> 20, "steps": told}, indent=1)
    )


def measured(step: Callable[[Path, int], Any], folder: Path, count: int) -> dict[str, Any]:
    """Run a step in a fresh process."""
    fresh = multiprocessing.get_context("spawn")
    with fresh.Pool(1) as pool:
        return dict(pool.apply(_timed, (step, folder, count)))


def _timed(step: Callable[[Path, int], Any], folder: Path, count: int) -> dict[str, Any]:
    start, cpu = time.perf_counter(), time.process_time()
    result = step(folder, count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1), "peak_mb": peak // 1024,
        "result": result,
    }  # fmt: skip


def written(folder: Path, count: int) -> int:
    """Write the file to import."""
    path = folder / "readers.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("email", "name", "status", "created_at", "country", "tickers"))
        for n in range(count):
            status = "unsubscribed" if n % 50 == 0 else "active"
            year, place = 2020 + n % 6, COUNTRIES[n % len(COUNTRIES)]
            tickers = f"{TICKERS[n % 5]},{TICKERS[n // 5 % 5]}" if n % 3 else ""
            email = f"reader{n * 7919 % count}@mail{n % 400}.example.com"
            writer.writerow((email, f"Reader {n}", status, f"{year}-03-01", place, tickers))
    return path.stat().st_size >> 20


def imported(folder: Path, count: int) -> dict[str, int]:
    """Import it."""
    del count
    from newsletter.send.importing import Import
    from newsletter.send.services import is_header, recognised
    from newsletter.send.sheet import opened
    from newsletter.store.intake import SqlIntake

    with database(folder) as base, (folder / "readers.csv").open("rb") as stream:
        table = opened(io.BufferedReader(stream.raw), None, is_header)
        how, refused = {"how": "a benchmark"}, list[Any]()
        work = Import(
            recognised(table.header), "evening", how, SqlIntake(base), lambda _: (), refused.append
        )
        *_, told = work.run(table, NOW)
    return {str(outcome): n for outcome, n in told.counts.items() if n}


def segmented(folder: Path, count: int) -> dict[str, Any]:
    """Count a segment, then stream it."""
    del count
    from newsletter.send.segments import Segment
    from newsletter.store.audience import Audience

    segment = Segment.of("s", SEGMENT)
    with database(folder) as base:
        book, start = Audience(base), time.perf_counter()
        held = book.stats(segment)
        counted = time.perf_counter() - start
        found = sum(1 for _ in book.active("evening", segment, NOW.date()))
    return {"held": held, "count_seconds": round(counted, 2), "streamed": found}


def frozen(folder: Path, count: int) -> int:
    """Freeze the audience of an edition; every reader of it is then queued."""
    del count
    from newsletter.clock import FixedClock
    from newsletter.send.deliver import freeze_audience
    from newsletter.send.message import FrozenMessage
    from newsletter.send.tokens import LinkSigner
    from newsletter.store.audience import Audience
    from newsletter.store.deliveries import SqlDeliveryBook
    from newsletter.store.models import EditionRow

    body, places = (b"", b""), ("unsubscribe",)
    message = FrozenMessage(
        EDITION, "evening", "n@news.example.com", b"", body, places, sample=False
    )
    signer = LinkSigner(bytes(range(32)), "https://news.example.com")
    with database(folder) as base:
        with base.begin(writing=True) as session:
            times = {"created_at": NOW, "expires_at": NOW}
            session.add(EditionRow(key=EDITION, state="sending", revision=1, **times))
        readers = Audience(base).active("evening", None, NOW.date())
        return freeze_audience(message, readers, signer, SqlDeliveryBook(base), FixedClock(NOW))


def queued(folder: Path, count: int) -> dict[str, int]:
    """Read the first batch of the queue, and count it by state."""
    del count
    from newsletter.store.deliveries import SqlDeliveryBook

    with database(folder) as base:
        book = SqlDeliveryBook(base)
        return {"first": len(book.open(EDITION, 500)), "rows": sum(book.counts(EDITION).values())}


def sent(folder: Path, count: int) -> dict[str, Any]:
    """Deliver the first `count` copies of the queue, each of some 60 kB, in batches of 2,000."""
    import sending  # beside this file

    from newsletter.clock import SystemClock
    from newsletter.pacing import Pace
    from newsletter.send.crew import Course
    from newsletter.send.deliver import deliver_batch
    from newsletter.send.delivery import DeliveryState
    from newsletter.send.throttle import Throttle
    from newsletter.send.transports.smtp import SmtpTransport
    from newsletter.store.deliveries import SqlDeliveryBook

    course = Course(Throttle(Pace(domain_connections=64, domain_per_second=10_000)))
    there = shutil.which("smtp-sink", path=sending.PATH)
    with database(folder) as base, (sending.postfix_sink if there else sending.our_sink)() as port:
        book, handled = SqlDeliveryBook(base), 0
        way = SmtpTransport("127.0.0.1", port, security="none", connections=4)
        message = dataclasses.replace(sending.mail(), edition=EDITION)
        while handled < count:
            batch = min(2000, count - handled)
            handled += deliver_batch(
                message, sending.reader_links(), way, book, SystemClock(), batch, course=course
            ).handled
        accepted = book.counts(EDITION).get(DeliveryState.ACCEPTED, 0)
    return {"accepted": accepted, "sink": "smtp-sink" if there else "tests/sink.py"}


@contextlib.contextmanager
def database(folder: Path) -> Any:
    """Open the database of the run."""
    from newsletter.store.database import Database

    opened = Database(f"sqlite:///{folder / 'news.db'}")
    try:
        yield opened
    finally:
        opened.close()


if __name__ == "__main__":
    main()
