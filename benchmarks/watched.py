"""Time "your tickers": what its rows add to a run, and what a reader's block adds to a copy.

Usage: python benchmarks/watched.py [--provider files --path DIR] [--session DATE] [--rounds N]

Both ways are taken in turn, processor time, so that other work on the machine strikes them alike.
"""

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from newsletter.app import House
from newsletter.review.edition import EditionKey
from newsletter.send.delivery import Subscriber
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner

ROOT = Path(__file__).resolve().parents[1]
COPIES = 500


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--provider", default="sample")
    parser.add_argument("--path", default="")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text((ROOT / "config.yaml").read_text("utf-8"), "utf-8")
        measure(House(config), given)


def measure(house: House, given: argparse.Namespace) -> None:
    """Time rendering, proof and copies with rows and without."""
    key = EditionKey.parse(f"{given.session}.XNYS.evening")
    snapshot = house.collect({"key": str(key), "provider": given.provider, "path": given.path})
    ledger = house.compute(snapshot)
    draft, setting = house.house_draft(key, ledger), House._setting
    mail = house.render(key, draft, ledger, snapshot)
    assert mail.watched is not None
    bare = replace(mail, watched=None)
    house._setting = lambda *told: replace(  # type: ignore[method-assign]
        setting(house, *told), instruments={} if plain else house.config.universe.labels
    )
    rounds: dict[str, list[float]] = {}
    for _ in range(given.rounds):
        for plain in (False, True):
            way = "without" if plain else "with"
            taken(rounds, f"render {way}", lambda: house.render(key, draft, ledger, snapshot))
            one = bare if plain else mail
            taken(rounds, f"preflight {way}", lambda one=one: house.preflight(one, ledger))
        copies(house, mail, bare, rounds)
    print(f"{len(mail.watched.rows)} rows; HTML {len(mail.html.encode()):,} bytes, longest copy "
          f"{mail.heaviest:,}; claims {len(house.preflight(mail, ledger).claims)}, without "
          f"{len(house.preflight(bare, ledger).claims)}")  # fmt: skip
    for name, times in rounds.items():
        low, middle, high = min(times), statistics.median(times), max(times)
        print(f"{name:22} {1e3 * middle:9.2f} ms ({1e3 * low:.2f} to {1e3 * high:.2f})")


def copies(house: House, mail, bare, rounds: dict[str, list[float]]) -> None:  # type: ignore[no-untyped-def]
    """Time copies for a reader of eight tickers, of none, and of a mail without rows."""
    sender = next(iter(house.config.senders.values()))
    signer = LinkSigner(b"k" * 32, house.config.publication.base_url)
    now, tickers = house.clock.now(), tuple(mail.watched.rows)[:8]
    for name, one, watch in (
        ("copies, 8 tickers", mail, tickers), ("copies, no tickers", mail, ()),
        ("copies, no rows", bare, ()),
    ):  # fmt: skip
        frozen = FrozenMessage.of(one, sender, house.config.publication, "2026-07-02.XNYS.evening",
                                  "evening", now)  # fmt: skip
        reader = Subscriber("sub-1", "ada@example.com", "Ada", "evening", tickers=watch)
        work = functools.partial(spliced, frozen, reader, signer)
        taken(rounds, f"{COPIES} {name}", work)


def spliced(frozen: FrozenMessage, reader: Subscriber, signer: LinkSigner) -> None:
    """Make the copies."""
    for _ in range(COPIES):
        frozen.for_reader(reader, signer)


def taken(rounds: dict[str, list[float]], name: str, work: Callable[[], object]) -> None:
    """Note the processor time of a piece of work."""
    start = time.process_time()
    work()
    rounds.setdefault(name, []).append(time.process_time() - start)


if __name__ == "__main__":
    main()
