"""A small ledger made by hand, and short ways to check a text against it."""

import datetime as dt
from decimal import Decimal

from newsletter.clock import Session
from newsletter.compute.facts import Fact, Ledger, Period, Sample, index_facts
from newsletter.preflight.check import check
from newsletter.preflight.report import Claim, Report, Verdict
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

SESSION = dt.date(2026, 7, 2)
STARTS = {
    "1d": dt.date(2026, 7, 1),
    "5d": dt.date(2026, 6, 25),
    "1m": dt.date(2026, 6, 2),
    "ytd": dt.date(2025, 12, 31),
    "close": SESSION,
    "1y": dt.date(2025, 7, 2),
}
NAMES = {
    "IWM": "the small-cap fund",
    "SPY": "the S&P 500 fund",
    "QQQ": "the Nasdaq-100 fund",
    "RSP": "the equal-weight S&P 500 fund",
    "SMH": "the semiconductor fund",
    "KRE": "the regional-bank fund",
    "MAGS": "the Magnificent Seven fund",
    "IWD": "large value",
    "IWF": "large growth",
    "XLF": "financials",
    "XLK": "technology",
    "XLP": "consumer staples",
    "XLU": "utilities",
    "XLV": "health care",
    "VIX": "the VIX",
    "sp500": "S&P 500 members",
    "sectors": "the sectors",
    "mega_caps": "the mega caps",
    "IWM-SPY": "the small-cap fund less the S&P 500 fund",
    "IWM/SPY": "the ratio of the small-cap fund to the S&P 500 fund",
    "small_vs_large": "the small-cap fund against the S&P 500 fund",
}
RETURNS = {
    "IWM": {"1d": "-0.58", "5d": "-0.41", "ytd": "20.89"},
    "SPY": {"1d": "-0.13", "5d": "1.42", "ytd": "9.22"},
    "QQQ": {"1d": "-1.71", "ytd": "16.03"},
    "KRE": {"1d": "-1.52"},
    "SMH": {"1d": "-4.52"},
    "MAGS": {"ytd": "-1.31"},
}
TOTALS = {
    "RSP": {"1d": "0.71"},
    "IWD": {"ytd": "18.16"},
    "IWF": {"ytd": "2.58"},
    "XLF": {"1d": "1.52"},
    "XLK": {"1d": "-2.71", "1m": "-8.78"},
    "XLP": {"1d": "2.01"},
    "XLU": {"1d": "2.22"},
    "XLV": {"1d": "2.63"},
}


def fact(
    id: str,
    value: str | dt.date,
    unit: Unit,
    label: str = "close",
    *,
    metric: str,
    kind: str = "price",
    **rest: object,
) -> Fact:
    """Make one fact; its subject is the id's first part."""
    subject = id.split(".", maxsplit=1)[0]
    start = dt.date.fromisoformat(label[6:]) if label.startswith("since:") else STARTS.get(label)
    inputs = ("IWM", "SPY") if subject == "small_vs_large" else (subject,)
    stated = Decimal(value) if isinstance(value, str) and unit is not Unit.STATE else value
    return Fact(
        id=id,
        subject=subject,
        name=NAMES[subject],
        metric=metric,
        period=Period(label, start or SESSION, SESSION),
        value=stated,
        unit=unit,
        kind=kind,
        formula="test@1",
        source="by hand",
        inputs=inputs,
        **rest,  # type: ignore[arg-type]
    )


def _returns() -> list[Fact]:
    made = []
    for table, kind, suffix in ((RETURNS, "price", ""), (TOTALS, "total", ".total")):
        for subject, windows in table.items():
            for label, value in windows.items():
                id = f"{subject}.return.{label}{suffix}"
                made.append(fact(id, value, Unit.PERCENT, label, metric="return", kind=kind))
    return made


def _levels() -> list[Fact]:
    record = dt.date(2026, 6, 30)
    since = "since:2000-05-26"
    return [
        fact("VIX.level", "16.15", Unit.INDEX, metric="level", kind="level"),
        fact("IWM.level", "297.58", Unit.USD, metric="level", kind="level"),
        fact("IWM.record_close.date", record, Unit.DATE, since, metric="record_close"),
        fact("IWM.record_close.level", "300.45", Unit.USD, since, metric="record_close"),
        fact("IWM.distance_from_record.close", "-0.96", Unit.PERCENT, since,
             metric="distance_from_record"),
        fact("IWM-SPY.spread.ytd", "11.67", Unit.POINTS, "ytd", metric="spread"),
        fact("IWM/SPY.ratio.percentile_1y", "96.8", Unit.PERCENTILE, "1y", metric="percentile"),
        fact("IWM/SPY.ratio.50d_gap", "2.81", Unit.PERCENT, "50d", metric="gap", lookback=50),
        fact("XLK.rank.1m", "11", Unit.RANK, "1m", metric="rank", kind="total"),
        fact("XLK.rank.1d", "11", Unit.RANK, "1d", metric="rank", kind="total"),
        fact("XLP.rank.1d", "3", Unit.RANK, "1d", metric="rank", kind="total"),
    ]  # fmt: skip


def _counts() -> list[Fact]:
    above = (Sample(337, 500, SESSION), Sample(338, 498, SESSION))
    return [
        fact("sp500.breadth.above_50d", "67.4", Unit.PERCENT, metric="breadth",
             kind="statistic", sample=above[0], lookback=50),
        fact("sp500.breadth.above_200d", "67.87", Unit.PERCENT, metric="breadth",
             kind="statistic", sample=above[1], lookback=200),
        fact("sectors.count.1m", "11", Unit.COUNT, "1m", metric="count", kind="count"),
        fact("sectors.count.1d", "11", Unit.COUNT, "1d", metric="count", kind="count"),
        fact("sectors.advancing.1d", "8", Unit.COUNT, "1d", metric="advancing", kind="count",
             sample=Sample(8, 11, STARTS["1d"])),
        fact("mega_caps.trailing_IWM.ytd", "4", Unit.COUNT, "ytd", metric="trailing_IWM",
             kind="count", sample=Sample(4, 7, STARTS["ytd"])),
    ]  # fmt: skip


def _odds() -> list[Fact]:
    since = "since:2000-05-26"
    stem = "small_vs_large.base_rate"
    hits = Sample(19, 35, dt.date(2000, 5, 26))
    rows = (
        ("hit_rate", "54.29", Unit.PERCENT, hits),
        ("all_days_hit_rate", "49.35", Unit.PERCENT, None),
        ("median", "0.12", Unit.POINTS, None),
        ("all_days_median", "-0.07", Unit.POINTS, None),
        ("threshold", "5", Unit.POINTS, None),
        ("horizon", "63", Unit.COUNT, None),
        ("events", "36", Unit.COUNT, None),
        ("known", "35", Unit.COUNT, None),
    )
    return [
        fact(f"{stem}.{name}", value, unit, since, metric=f"base_rate_{name}", kind="statistic",
             sample=sample, lookback=63)
        for name, value, unit, sample in rows
    ]  # fmt: skip


def ledger() -> Ledger:
    """Return the ledger of 2 July 2026, as far as the tests need it."""
    facts = index_facts([*_returns(), *_levels(), *_counts(), *_odds()])
    return Ledger(Session(SESSION), "sha256:test", facts)


LEDGER = ledger()


def report(text: str) -> Report:
    """Check Markdown against the ledger."""
    return check(Document.of_markdown(text), LEDGER)


def claims(text: str) -> list[Claim]:
    """Return what was claimed."""
    return list(report(text).claims)


def verdict(text: str, claim: str) -> Verdict:
    """Return the verdict on the claim printed so, or on one that takes it in (the last)."""
    found = [one for one in claims(text) if one.text == claim]
    found = found or [one for one in claims(text) if claim in one.text]
    assert found, [one.text for one in claims(text)]
    return found[-1].verdict


def unproved(text: str) -> list[str]:
    """Return the claims that are not proved."""
    return [one.text for one in claims(text) if one.verdict is not Verdict.PROVED]


BRIEFING = """\
**THEME · OPINION**
# Money left the chip trade and walked past small caps

Thursday 2 July 2026, New York close · 3 min read · IWM · QQQ · SMH

- **The day:** semiconductors −4.5%, the Nasdaq-100 fund −1.7%, SPY −0.1%; health care +2.6%, \
utilities +2.2%, staples +2.0%.
- **The tell:** small caps fell 0.6% with the equal-weight S&P up 0.7%. The average large \
company rose; the average small one did not.
- **The odds:** after small caps have led by five points over 63 sessions, they led again over \
the next one 54% of the time. That is a coin with a slight bend.

The case is easy to make with a calendar. IWM is up 20.9% this year against 9.2% for SPY and \
16.0% for QQQ. Value has returned 18.2% and growth 2.6%. The Magnificent Seven fund is down \
1.3%. Anyone who bought the unloved half of the market is entitled to feel clever.

It is harder to make with the tape. When the semiconductor fund loses 4.5% in a session, a \
handover should show. Money went to hospitals and soap. The financial sector fund rose 1.5% \
while regional banks fell 1.5%. Over five sessions SPY is up 1.4% and IWM is down 0.4%.

Our reading is that two different trades have been travelling under one name. The first, out \
of crowded growth, is alive: technology was the worst of the eleven sectors on the day and over \
the month, at −8.8%. The ratio of IWM to SPY still stands in the 97th percentile of its past \
year and 2.8% above its 50-day average.

**The other side.** Two thirds of S&P 500 members, 67%, closed above their 50-day average and \
68% above their 200-day: one of the better readings. IWM made a record close on Tuesday and sits \
1.0% below it. The VIX, at 16.15, is calm. Eight of the eleven sectors rose.

Since 2000 small caps have beaten large by five points or more over 63 sessions 36 separate \
times. Of the 35 with a known sequel, they led again over the next 63 in 54%, by a median of \
0.1 point, against 49% and −0.1 point for all days.

**What we watch.** Whether IWM can close above 300.45; whether the lead survives.
"""
