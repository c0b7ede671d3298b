"""A hand-made evening for the tests of the render stage: facts, series and a draft."""

import datetime as dt
import json
import math
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import jinja2
import numpy as np

from newsletter import assets
from newsletter.clock import Session
from newsletter.collect.snapshot import Source
from newsletter.compute.facts import Fact, Ledger, Period, Sample, Series, index_facts
from newsletter.config import Publication, load
from newsletter.draft.claims import Draft
from newsletter.render.email import render
from newsletter.render.rendered import Rendered
from newsletter.render.setting import Setting
from newsletter.render.templating import environment
from newsletter.units import Unit, as_decimal

REPO = Path(__file__).resolve().parents[1]
GOLDEN = REPO / "tests" / "golden" / "render_basic"
SESSION = Session(dt.date(2026, 7, 2))
AS_OF = dt.datetime(2026, 7, 2, 22, 5, tzinfo=dt.UTC)
KEY = "2026-07-02.XNYS.evening"
SOURCES = (Source("files", "Example Market Data", "licensed for publication", "2026-07-02", True),)

_BASE = {
    "1d": dt.date(2026, 7, 1),
    "5d": dt.date(2026, 6, 25),
    "ytd": dt.date(2025, 12, 31),
    "1y": dt.date(2025, 7, 2),
    "close": SESSION.date,
}
_RETURNS = {  # name; day, week, year to date
    "SPY": ("the S&P 500 fund", "-0.1", "1.4", "9.2"),
    "IWM": ("the small-cap fund", "-0.64", "-0.4", "20.9"),
    "QQQ": ("the Nasdaq-100 fund", "-1.7", "0.6", "16.0"),
    "SMH": ("the semiconductor fund", "-4.5", "-3.1", "31.4"),
    "RSP": ("the equal-weight S&P 500 fund", "0.7", "1.9", "11.3"),
    "IWD": ("large value", "0.9", "2.2", "18.2"),
    "IWF": ("large growth", "-1.3", "0.4", "2.6"),
    "KRE": ("the regional-bank fund", "-1.5", "0.2", "7.7"),
}
_SECTORS = {
    "XLB": ("materials", "0.4", "1.1"),
    "XLC": ("communication services", "-0.6", "0.9"),
    "XLE": ("energy", "1.0", "-1.2"),
    "XLF": ("financials", "1.5", "2.4"),
    "XLI": ("industrials", "0.3", "1.0"),
    "XLK": ("technology", "-2.4", "-0.8"),
    "XLP": ("consumer staples", "2.0", "1.7"),
    "XLRE": ("real estate", "1.2", "0.0"),
    "XLU": ("utilities", "2.2", "3.0"),
    "XLV": ("health care", "2.6", "3.3"),
    "XLY": ("consumer discretionary", "0.0", "-0.5"),
}


def fact(id: str, value: str, unit: Unit, name: str, **given: object) -> Fact:
    """Make one fact by hand, reading subject and window from its id."""
    label = next((w for w in _BASE if f".{w}" in id and w != "close"), "close")
    kind = "total" if id.endswith(".total") else str(given.pop("kind", "price"))
    return Fact(
        id=id,
        subject=id.split(".", 1)[0],
        name=name,
        metric=id.split(".")[1],
        period=Period(label, _BASE[label], SESSION.date),
        value=Decimal(value),
        unit=unit,
        kind=kind,
        formula="hand@1",
        source="files",
        **given,  # type: ignore[arg-type]
    )


def facts() -> list[Fact]:
    """Return some eighty facts in the shapes of the compute stage."""
    made = [
        fact(f"{t}.return.{w}", v, Unit.PERCENT, name)
        for t, (name, *values) in _RETURNS.items()
        for w, v in zip(("1d", "5d", "ytd"), values, strict=True)
    ]
    for ticker, (name, day, week) in _SECTORS.items():
        made.append(fact(f"{ticker}.return.1d.total", day, Unit.PERCENT, name))
        made.append(fact(f"{ticker}.return.5d.total", week, Unit.PERCENT, name))
    pair, members = "the ratio of small caps to the S&P 500", "S&P 500 members"
    statistic = {"kind": "statistic"}
    made += [
        fact("VIX.level", "16.15", Unit.INDEX, "the VIX", kind="level"),
        fact("IWM/SPY.ratio.close", "0.447", Unit.RATIO, pair),
        fact("IWM/SPY.ratio.50d_gap", "2.8", Unit.PERCENT, pair, lookback=50),
        fact("IWM/SPY.ratio.percentile_1y", "97", Unit.PERCENTILE, pair,
             sample=Sample(244, 252, _BASE["1y"])),
        fact("sp500.breadth.above_50d", "67", Unit.PERCENT, members, lookback=50, **statistic),
        fact("sp500.breadth.above_200d", "68", Unit.PERCENT, members, lookback=200, **statistic),
        fact("small_vs_large.base_rate.events", "36", Unit.COUNT, "past events", **statistic),
        fact("small_vs_large.base_rate.hit_rate", "54.3", Unit.PERCENT, "hit rate", **statistic),
    ]  # fmt: skip
    return made


def _dates(count: int) -> tuple[dt.date, ...]:
    days = [SESSION.date - dt.timedelta(days=k) for k in range(count * 2)]
    return tuple(sorted([d for d in days if d.weekday() < 5][:count]))


def _walk(seed: int, start: float, end: float, noise: float, count: int = 252) -> list[float]:
    steps = np.random.default_rng(seed).normal(0, noise, count).cumsum()
    bridge = steps - np.linspace(0, steps[-1], count)
    return [float(v) for v in np.linspace(start, end, count) + bridge]


def _series(id: str, name: str, unit: Unit, values: list[float]) -> Series:
    numbers = tuple(None if math.isnan(v) else as_decimal(v) for v in values)
    return Series(id, name, unit, _dates(len(values)), numbers)


@cache
def ledger(*, simulated: bool = False) -> Ledger:
    """Return the hand-made ledger of 2 July 2026."""
    ratio = _walk(3, 0.385, 0.447, 0.004)
    smooth = [float(np.mean(ratio[max(0, k - 49) : k + 1])) for k in range(len(ratio))]
    series = [
        _series("IWM/SPY.ratio", "small caps to the S&P 500", Unit.RATIO, ratio),
        _series("IWM/SPY.ratio.50d_average", "its 50-day average", Unit.RATIO, smooth),
        _series("sp500.breadth.above_50d", "above 50-day", Unit.PERCENT, _walk(5, 52, 67, 1.9)),
        _series("sp500.breadth.above_200d", "above 200-day", Unit.PERCENT, _walk(8, 55, 68, 0.9)),
    ]
    return Ledger(
        session=SESSION,
        snapshot="sha256:" + "0" * 64,
        facts=index_facts(facts()),
        series={one.id: one for one in series},
        simulated=simulated,
    )


@cache
def draft() -> Draft:
    """Return a draft in the house's voice, every figure a slot."""
    return Draft.from_json(json.loads((GOLDEN / "draft.json").read_text(encoding="utf-8")))


@cache
def publication() -> Publication:
    """Return the publication of the shipped config.yaml."""
    return load(REPO / "config.yaml").publication


@cache
def templates() -> jinja2.Environment:
    """Return the shipped templates."""
    return environment(assets.texts("templates"))


def mail(
    given: Draft | None = None,
    *,
    book: Ledger | None = None,
    simulated: bool = False,
    **more: object,
) -> Rendered:
    """Render the hand-made evening, with any argument replaced."""
    return render(given or draft(), book or ledger(simulated=simulated), setting(**more))


def setting(**more: object) -> Setting:
    """Return what the hand-made evening is printed with, any part replaced."""
    given: dict[str, object] = {
        "publication": publication(),
        "jurisdictions": ("US",),
        "edition_key": KEY,
        "as_of": AS_OF,
        "templates": templates(),
        "sources": SOURCES,
    }
    return Setting(**(given | more))  # type: ignore[arg-type]


def with_text(**changes: object) -> Draft:
    """Return the draft with fields replaced."""
    return replace(draft(), **changes)  # type: ignore[arg-type]
