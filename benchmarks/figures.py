"""How long reading the figures of a big house takes: 14 editions of 100,000 copies on SQLite."""

import argparse
import datetime as dt
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from newsletter.store.database import Database
from newsletter.store.vitals import Vitals

COPIES = """
with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
insert into deliveries (edition, subscriber, message_id, state, attempts, reply, at)
select ?, printf('%032x', i), printf('%d@x', i), ?, 1, '250 ok', '2026-07-01 00:00:00' from n
"""
EDITION = """
insert into editions (key, state, created_at, expires_at, revision, reason)
values (?, ?, '2026-07-01 00:00:00', '2026-07-02 00:00:00', 1, '')
"""


def fill(file: Path, editions: int, copies: int) -> None:
    """Write editions that were sent, and one that goes out."""
    with closing(sqlite3.connect(file)) as raw:
        for number in range(1, editions + 1):
            key, last = f"2026-07-{number:02}.XNYS.evening", number == editions
            raw.execute(EDITION, (key, "sending" if last else "sent"))
            raw.execute(COPIES, (copies, key, "queued" if last else "accepted"))
        raw.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editions", type=int, default=14)
    parser.add_argument("--copies", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "news.db"
        Database(f"sqlite:///{file}").close()
        fill(file, given.editions, given.copies)
        vitals = Vitals(f"sqlite:///{file}")
        for _ in range(4):
            at = time.perf_counter()
            vitals.read(dt.datetime.now(dt.UTC))
            print(f"{time.perf_counter() - at:.3f} s")


if __name__ == "__main__":
    main()
