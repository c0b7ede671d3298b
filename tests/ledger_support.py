"""Whole ledgers for tests: every measure and digest, on bars with tables beside them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from compute_support import SOURCE, sessions, universe, walk

from newsletter.collect.snapshot import Members, Snapshot
from newsletter.collect.tables import canonical
from newsletter.compute.facts import Fact, Signal
from newsletter.compute.ledger import run_digests
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Digest, Measure, Output, digests, measures
from newsletter.config import Universe

SYMBOLS = universe().symbols
VOLATILITY = tuple(s for s in (universe().volatility, universe().volatility_3m) if s)
PLUGINS: Mapping[str, Measure | Digest] = {**measures(), **digests()}
FIELDS = (
    "market_cap", "trailing_pe", "forward_pe", "price", "price_to_book", "profit_margin",
    "operating_margin", "revenue_growth", "earnings_growth", "dividend_yield", "eps_trailing",
)  # fmt: skip


def outputs(plugin: Measure | Digest, market: Market) -> list[Output]:
    """Run one plug-in, once for each market; a digest gets what all before it made."""
    _, made = _MADE.setdefault(id(market), (market, {}))
    if plugin.id not in made:
        made[plugin.id] = afresh(plugin, market)
    return made[plugin.id]


_MADE: dict[int, tuple[Market, dict[str, list[Output]]]] = {}
"""Outputs by market, kept with it so that no other market can take the same id."""


def afresh(plugin: Measure | Digest, market: Market) -> list[Output]:
    """Run one plug-in, whether it ran before or not."""
    if isinstance(plugin, Measure):
        return list(plugin.compute(market))
    before = [p for p in PLUGINS.values() if isinstance(p, Measure) or p.order < plugin.order]
    return run_digests(market, [o for p in before for o in outputs(p, market)], [plugin])


def everything(market: Market) -> list[Output]:
    """Run every measure and every digest."""
    return [output for plugin in PLUGINS.values() for output in outputs(plugin, market)]


def stated(made: list[Output]) -> dict[str, Fact]:
    """Index the facts among outputs."""
    return {o.id: o for o in made if isinstance(o, Fact)}


def named_signals(made: list[Output]) -> dict[str, Signal]:
    """Index the signals among outputs."""
    return {o.name: o for o in made if isinstance(o, Signal)}


def reasons(made: list[Output]) -> dict[str, str]:
    """Index the absences among outputs."""
    return {o.id: o.reason for o in made if isinstance(o, Absent)}


def influences(made: Mapping[str, Fact], fact: Fact, members: Members) -> set[str]:
    """Return every symbol behind a fact, through baskets, members and other facts."""
    found: set[str] = set()
    todo = list(fact.inputs)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.update((name, *universe().parts(name)))
        if name == members.id:
            found.update(members.symbols)
        if name in made:
            todo.extend(made[name].inputs)
    return found


def universe_of_one() -> Universe:
    """Return the shipped universe with nothing in it but the benchmark."""
    return universe().model_copy(
        update={
            "instruments": {"SPY": universe().instruments["SPY"]},
            "small_caps": "SPY",
            "indices": ("SPY",),
            "pairs": (),
            "sectors": ("SPY",),
            "mega_caps": (),
            "baskets": {},
            "style": {},
            "macro": (),
            "volatility_3m": None,
        }
    )


def with_tables(snapshot: Snapshot, seed: int = 11) -> Snapshot:
    """Put made-up tables beside a snapshot's bars; some rows become known late in it."""
    tables = made_up_tables(snapshot.members.symbols, seed)
    sources = tuple(replace(SOURCE, covers=name) for name in tables)
    return replace(snapshot, tables=tables, sources=(*snapshot.sources, *sources))


def rich(count: int, seed: int = 7) -> Snapshot:
    """Make a snapshot of the shipped universe with random walks and made-up tables."""
    return with_tables(walk(SYMBOLS, count, seed), seed + 4)


def made_up_tables(members: tuple[str, ...], seed: int) -> dict[str, pd.DataFrame]:
    """Make one table of every kind."""
    random = np.random.default_rng(seed)
    rounds = ("2026-01-05", "2026-06-01", "2026-06-26")
    stocks = [s for s in members if not s.startswith("^") and "=" not in s]

    def positive(count: int) -> np.ndarray:
        return np.exp(random.normal(2.5, 0.5, count))

    figures = [
        pd.DataFrame({"symbol": stocks, "field": field, "value": positive(len(stocks)),
                      "known": known})
        for known in rounds for field in FIELDS
    ]  # fmt: skip
    classes = [
        pd.DataFrame({"symbol": stocks, "scheme": scheme,
                      "sector": [f"Sector {n % 5}" for n in range(len(stocks))],
                      "industry": [f"Industry {n % 9}" for n in range(len(stocks))],
                      "known": rounds[0]})
        for scheme in ("gics", "yahoo")
    ]  # fmt: skip
    holdings = [
        pd.DataFrame({"fund": fund, "symbol": stocks, "weight": positive(len(stocks)),
                      "known": known})
        for fund in ("sp500", "sp600", "SPY", "IWM") for known in rounds
    ]  # fmt: skip
    days = sessions()[(sessions() >= "2026-04-01") & (sessions() <= "2026-07-02")]
    shares = [
        pd.DataFrame({"symbol": fund, "date": days,
                      "shares": 1e8 * np.exp(random.normal(0, 0.01, len(days)).cumsum()),
                      "known": days + pd.Timedelta(days=1)})
        for fund in ("SPY", "IWM")
    ]  # fmt: skip
    parts = {
        "fundamentals": figures, "classes": classes, "holdings": holdings, "shares": shares,
        "macro": [_macro(series, positive) for series in universe().macro],
    }  # fmt: skip
    return {
        name: canonical(name, pd.concat(frames, ignore_index=True))
        for name, frames in sorted(parts.items())
    }


def _macro(series: str, positive) -> pd.DataFrame:
    daily = series.startswith(("DGS", "DFED", "T10"))
    dates = pd.date_range("2015-01-01", "2026-07-01", freq="B" if daily else "MS")
    known = dates + pd.Timedelta(days=1 if daily else 40)
    values = positive(len(dates))
    values = np.ceil(values) if series in {"PAYEMS", "ICSA"} else values  # heads are whole
    return pd.DataFrame({"series": series, "date": dates, "value": values, "known": known})
