"""One evening's collecting as a process of its own, which may be killed at any instant."""

import datetime as dt
import json
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

import httpx2  # noqa: F401 - these two here, so that a forked child need not import them
import yfinance  # noqa: F401
from collect_faults import CBOE_AT, FRED_AT, LIST_AT, MEMBERS, RSS_AT
from collect_support import universe
from shelf_support import CALENDAR, FIRST
from yahoo_loopback import Loopback

from newsletter import wire
from newsletter.collect import macro
from newsletter.collect.feeds.cboe import Cboe
from newsletter.collect.feeds.fred import Fred
from newsletter.collect.feeds.issuer import Issuer
from newsletter.collect.feeds.rss import Headlines
from newsletter.collect.kept import Keeping
from newsletter.collect.providers.yahoo import Yahoo
from newsletter.collect.stage import gather
from newsletter.collect.web import Web
from newsletter.errors import DataUnavailable
from newsletter.feeding import Rss, WebLimits
from newsletter.store.bars import BarShelf
from newsletter.store.bars import shelf as shelves

ENDED, REFUSED, BROKEN = 0, 3, 1

# Made once, in what is forked from: as in a service that has collected before.
wire.trusted()
macro.next_business_day(FIRST)


@dataclass(frozen=True)
class Order:
    """What a process is told: the session, the servers, its folder.

    Parameters
    ----------
    session : datetime.date
        Whose evening it is.
    now : datetime.datetime
        The instant since which what comes is known.
    port, origin : int and str
        Of Yahoo, and of all other publishers.
    folder : str
        Holds ``kept``, and takes ``said.json`` and ``snapshot``.
    patience : float
        Seconds for one answer.
    merge_at : int
        So many segments are merged.
    """

    session: dt.date
    now: dt.datetime
    port: int
    origin: str
    folder: str
    patience: float
    merge_at: int


def collect(order: Order) -> None:
    """Collect as the stage does, and end as the command would: 0, or 3 with a sentence."""
    sys.exit(_collected(order, Path(order.folder)))


def _collected(order: Order, folder: Path) -> int:
    tempfile.tempdir = str(folder)
    shelves.MOST_SEGMENTS = order.merge_at
    try:
        gathered = _gathered(order, folder)
    except DataUnavailable as error:
        (folder / "said.json").write_text(json.dumps([str(error)]))
        return REFUSED
    except BaseException:  # noqa: BLE001 - whatever it is, the drill tells of it
        (folder / "broken").write_text(traceback.format_exc())
        return BROKEN
    told = [[warning.symbol, warning.message] for warning in gathered.warnings]
    (folder / "said.json").write_text(json.dumps(told))
    (folder / "snapshot").write_bytes(gathered.snapshot.to_bytes())
    return ENDED


def _gathered(order: Order, folder: Path):
    session = Loopback(impersonate="chrome")
    session.port = order.port
    yahoo = Yahoo(
        chunk=4, retries=1, timeout_seconds=order.patience, session=session, sleep=lambda _: None
    )
    hosts = {at.split("/")[0] for at in (FRED_AT, CBOE_AT, LIST_AT, RSS_AT)}
    limits = WebLimits(timeout_seconds=order.patience, retries=1, most_megabytes=1)
    home = dict.fromkeys(hosts, order.origin)
    web = Web(limits, home=home, sleep=lambda _: None, chance=lambda: 0.0)
    rss = Rss(feeds=({"name": "Wire", "url": f"https://{RSS_AT}"},), hosts=("wire.example.com",))
    feeds = {
        "macro": (Fred(web),),
        "volatility": (Cboe(web), None),
        "holdings": (Issuer(web, {"IWM": f"https://{LIST_AT}"}),),
        "headlines": (Headlines(web, rss),),
    }
    watched = universe(**{"^GSPC": "optional"}).model_copy(
        update={"macro": ("DGS10",), "benchmark_index": "^GSPC"}
    )
    keeping = Keeping(BarShelf(folder / "kept"), "yahoo", lambda: order.now)
    return gather(
        yahoo, order.session, watched, CALENDAR,
        start=FIRST, members=MEMBERS, order=feeds, keeping=keeping,
    )  # fmt: skip
