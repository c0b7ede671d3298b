"""A market of eleven sectors and seven giants made by hand, with the states it is in."""

import datetime as dt
from decimal import Decimal

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, Period, Sample, Signal, index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Claim, Verdict
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

SESSION = dt.date(2026, 7, 2)
STARTS = {"1d": dt.date(2026, 7, 1), "5d": dt.date(2026, 6, 25), "1m": dt.date(2026, 6, 2),
          "ytd": dt.date(2025, 12, 31), "1y": dt.date(2025, 7, 2)}  # fmt: skip
SECTORS = {
    "XLB": "materials", "XLC": "communication services", "XLE": "energy", "XLF": "financials",
    "XLI": "industrials", "XLK": "technology", "XLP": "consumer staples", "XLRE": "real estate",
    "XLU": "utilities", "XLV": "health care", "XLY": "consumer discretionary",
}  # fmt: skip
GIANTS = {"AAPL": "Apple", "AMZN": "Amazon", "GOOGL": "Alphabet", "META": "Meta",
          "MSFT": "Microsoft", "NVDA": "Nvidia", "TSLA": "Tesla"}  # fmt: skip
FUNDS = {"IWM": "the small-cap fund", "SPY": "the S&P 500 fund", "QQQ": "the Nasdaq-100 fund",
         "DIA": "the Dow fund"}  # fmt: skip
OTHERS = {
    "IWM/SPY": "the ratio of the small-cap fund to the S&P 500 fund", "VIX": "the VIX",
    "us10y": "the ten-year Treasury yield", "unemployment": "the unemployment rate",
    "us10y-us2y": "the gap between ten-year and two-year Treasury yields",
    "fed_funds": "the Fed's target range", "sp500": "S&P 500 members", "sectors": "the sectors",
    "mega_caps": "the mega caps", "vix_slope": "the slope of implied volatility",
    "volatility_regime": "the volatility regime", "small_vs_large": "small against large",
    "giants": "the seven giants", "defensives": "the defensive sectors",
    "fund_flows": "weekly flows of the semiconductor fund",
}  # fmt: skip
NAMES = {**SECTORS, **GIANTS, **FUNDS, **OTHERS}
MOVES = {
    "XLB": "1.2 -3", "XLC": "0.4 2", "XLE": "0.9 -1", "XLF": "1.6 3", "XLI": "0.8 -2",
    "XLK": "-2.1 -6", "XLP": "0.3 -1", "XLRE": "0.2 -2", "XLU": "1.1 -4", "XLV": "2.0 -5",
    "XLY": "-0.7 -2", "AAPL": "1.0 2", "AMZN": "-0.4 -1", "GOOGL": "-1.2 -2", "META": "-0.8 -3",
    "MSFT": "0.6 -4", "NVDA": "-3.0 5", "TSLA": "-2.2 -6", "IWM": "0.5 1", "SPY": "0.1 -1",
    "QQQ": "-0.9 -2", "DIA": "0.7 1",
}  # fmt: skip
"""Percent of the day and of the year."""
GAPS = {"IWM": "2 -1", "SPY": "1 3", "QQQ": "-2 4", "XLK": "-4 -6", "XLE": "3 5", "IWM/SPY": "-1 2",
        **{s: "1 2" for s in SECTORS if s not in {"XLK", "XLE"}}}  # fmt: skip
RSI = {"NVDA": "28", "XLV": "74", "IWM": "55", "SPY": "50"}
STATES = {
    "us10y-us2y.curve.state": ("curve_state", "upward"),
    "vix_slope.signal.state": ("signal_state", "normal"),
    "volatility_regime.signal.state": ("signal_state", "calm"),
    "small_vs_large.signal.state": ("signal_state", "neutral"),
    "VIX.band": ("band", "low"),
    "sp500.breadth.ad_line.place": ("ad_line_place", "below its record"),
    "sp500.mcclellan.side": ("mcclellan_side", "above zero"),
    "IWM/SPY.trend.resistance.state": ("trend_state", "below"),
    "XLV.rotation.quadrant": ("rotation_quadrant", "leading"),
    "XLK.rotation.quadrant": ("rotation_quadrant", "lagging"),
    "SPY.cross.50d_200d.state": ("cross_state", "below"),
}
NUMBERS = {
    "TSLA.drawdown.now": ("drawdown", "-24", Unit.PERCENT),
    "XLK.drawdown.now": ("drawdown", "-12", Unit.PERCENT),
    "IWM.drawdown.now": ("drawdown", "-2", Unit.PERCENT),
    "AAPL.forward_pe.snapshot": ("forward_pe", "30", Unit.RATIO),
    "META.forward_pe.snapshot": ("forward_pe", "20", Unit.RATIO),
    "IWM.volatility.21d": ("volatility", "18", Unit.PERCENT),
    "SPY.volatility.21d": ("volatility", "12", Unit.PERCENT),
    "fed_funds.cuts.ytd": ("cuts", "2", Unit.COUNT),
    "fed_funds.hikes.ytd": ("hikes", "0", Unit.COUNT),
    "fed_funds.change.last": ("change", "-25", Unit.BPS),
    "unemployment.change.1m": ("change", "0.1", Unit.POINTS),
    "us10y.change.1d": ("change", "-3", Unit.BPS),
    "IWM.flow.5d": ("flow", "120000000", Unit.USD),
}
COUNTS = {"advancers.1d": ("advancers", 380), "decliners.1d": ("decliners", 115),
          "new_highs.1y": ("new_highs", 40), "new_lows.1y": ("new_lows", 0),
          "above_50d": ("breadth", 330), "above_200d": ("breadth", 240)}  # fmt: skip


def fact(id: str, value: str, unit: Unit, metric: str, kind: str = "price", **rest: object) -> Fact:
    """Make one fact; its subject is the id's first part, its period one of the others."""
    subject, *parts = id.split(".")
    label = next((p for p in parts if p in STARTS or p[0].isdigit() or p == "snapshot"), "close")
    label = "last" if "last" in parts else label
    inputs = {"sectors": tuple(SECTORS), "giants": tuple(GIANTS),
              "defensives": ("XLP", "XLU", "XLV")}.get(subject, (subject,))  # fmt: skip
    return Fact(
        id=id,
        subject=subject,
        name=NAMES[subject],
        metric=metric,
        period=Period(label, STARTS.get(label, SESSION), SESSION),
        value=value if unit is Unit.STATE else Decimal(value),
        unit=unit,
        kind=kind,
        formula="test@1",
        source="by hand",
        inputs=inputs,
        **rest,  # type: ignore[arg-type]
    )


def _facts() -> list[Fact]:
    made = [fact("defensives.momentum.12_1", "1", Unit.PERCENT, "momentum"),
            fact("giants.momentum.12_1", "1", Unit.PERCENT, "momentum"),
            fact("sectors.count.1d", "11", Unit.COUNT, "count", "count")]  # fmt: skip
    for subject, moves in MOVES.items():
        for label, value in zip(("1d", "ytd"), moves.split(), strict=True):
            kind = "total" if subject in SECTORS else "price"
            made.append(fact(f"{subject}.return.{label}", value, Unit.PERCENT, "return", kind))
    for subject, gaps in GAPS.items():
        for label, value in zip(("50d", "200d"), gaps.split(), strict=True):
            made.append(fact(f"{subject}.gap.{label}", value, Unit.PERCENT, "gap"))
    made += [fact(f"{s}.rsi.14d", v, Unit.NUMBER, "rsi") for s, v in RSI.items()]
    made += [fact(i, v, Unit.STATE, metric, "state") for i, (metric, v) in STATES.items()]
    made += [fact(i, v, unit, metric) for i, (metric, v, unit) in NUMBERS.items()]
    sampled = {name: Sample(n, 500, SESSION) for name, (_, n) in COUNTS.items()}
    made += [
        fact(f"sp500.breadth.{name}", str(n), Unit.COUNT, metric, "count", sample=sampled[name])
        for name, (metric, n) in COUNTS.items()
    ]
    made.append(fact("sp500.breadth.members", "500", Unit.COUNT, "members", "count"))
    return made


SIGNAL = Signal("small_vs_large", "neutral", Decimal(0), SESSION, ())
LEDGER = Ledger(Session(SESSION), "sha256:test", index_facts(_facts()), (SIGNAL,))


def judged(text: str, kinds: frozenset[str], ledger: Ledger = LEDGER) -> list[Claim]:
    """Return the claims of some kinds in a text."""
    found = check(Document.of_text(text + "\n"), ledger)
    return [claim for claim in found.claims if claim.kind in kinds]


def verdicts(text: str, kinds: frozenset[str]) -> set[Verdict]:
    """Return the verdicts on the claims of some kinds, without mere views."""
    return {claim.verdict for claim in judged(text, kinds)} - {Verdict.OPINION}
