"""What the richer ledger asks of preflight: horizons, calendar years, records, sources."""

import datetime as dt
from dataclasses import replace

import pytest
from preflight_support import LEDGER, fact

from newsletter.compute.facts import index_facts
from newsletter.compute.readings import BaseRate, Signal
from newsletter.preflight.check import check
from newsletter.preflight.ledger.needs import measured
from newsletter.preflight.report import Verdict
from newsletter.preflight.text.document import Document
from newsletter.units import Unit, as_decimal

START = dt.date(2000, 5, 26)
STEM = "small_vs_large.base_rate"


def _ledger():
    rates = [
        fact(f"{STEM}.{days}d.{what}", value, unit, "since:2000-05-26",
             metric=f"base_rate_{what}", kind="statistic", lookback=days)
        for days, hit, median in ((5, "51.3", "0.31"), (63, "54.29", "0.12"), (252, "62.5", "1.35"))
        for what, value, unit in (
            ("hit_rate", hit, Unit.PERCENT), ("median", median, Unit.POINTS),
            ("all_days_median", "-0.07", Unit.POINTS),
        )
    ]  # fmt: skip
    years = [
        fact("SPY.return.cal:2025", "16.35", Unit.PERCENT, "cal:2025", metric="return"),
        fact("SPY.return.since:2000-05-26", "401.2", Unit.PERCENT, "since:2000-05-26",
             metric="return"),
    ]  # fmt: skip
    years += [
        fact("SPY.drawdown.max", "-56.47", Unit.PERCENT, "since:2000-05-26", metric="drawdown"),
        fact("SPY.drawdown.max_trough", dt.date(2009, 3, 9), Unit.DATE, "since:2000-05-26",
             metric="drawdown_trough", kind="date"),
        fact("SPY.cross.close_200d.date", dt.date(2026, 4, 8), Unit.DATE, "since:2000-05-26",
             metric="cross_date", kind="date"),
        fact("SPY.cross.50d_200d.sessions", "253", Unit.COUNT, "since:2000-05-26",
             metric="cross_sessions", kind="count"),
    ]  # fmt: skip
    old = [one for one in LEDGER if not one.id.startswith(STEM)]
    rate = BaseRate(63, 36, 35, 19, None, None, None, None, None, START, "noise")
    signal = Signal("small_vs_large", "leading", as_decimal(0.5), START, (), (rate,))
    return replace(
        LEDGER,
        facts=index_facts([*old, *rates, *years]),
        signals=(signal,),
        sources={"Index weights": dt.date(2026, 6, 19)},
    )


RICH = _ledger()


def unproved(document: Document) -> list[str]:
    return [c.text for c in check(document, RICH).claims if c.verdict is not Verdict.PROVED]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("After such a lead small caps led again over the next quarter 54% of the time.", []),
        ("After such a lead small caps led again over the next quarter 62% of the time.", ["62%"]),
        ("After such a lead small caps led again over the next year 62% of the time.", []),
        ("After such a lead small caps led again 54% of the time.", []),
        ("After such a lead small caps led again 51% of the time.", ["51%"]),
        ("SPY gained 16.4% in 2025.", []),
        ("SPY gained 16.4% this year.", ["16.4%"]),
        ("SPY gained 16.4% today.", ["16.4%"]),
        ("SPY has gained 401% since May 2000.", []),
        ("SPY has gained 401% this year.", ["401%"]),
        ("The worst drawdown of SPY since 2000 was 56.5%.", []),
        ("The drawdown of SPY is 56.5%.", ["56.5%"]),
        ("SPY crossed its average on 8 April 2026.", []),
        ("SPY set its record close on 8 April 2026.", ["8 April 2026"]),
        ("SPY peaked on 9 March 2009.", ["9 March 2009"]),
        ("The trough of SPY was on 9 March 2009.", []),
        ("It is 253 sessions since the averages of SPY crossed.", []),
        ("SPY has risen for 253 sessions.", ["253 sessions"]),
        ("Sources: Index weights, as of 19 June 2026.", []),
        ("Sources: Index weights, as of 20 June 2026.", ["20 June 2026"]),
    ],
)
def test_a_figure_is_bound_to_its_horizon_or_year(text, wrong):
    found = unproved(Document.of_markdown(text))
    assert len(found) >= len(wrong)
    assert all(any(claim in words for words in found) for claim in wrong)
    assert wrong or not found


WIDE = """\
Signal or noise

Signal: Small vs large
  Tonight: leading
  Next quarter, median: {median}
  All quarters: {usual}
  Verdict: noise
"""


@pytest.mark.parametrize(
    ("median", "usual", "wrong"),
    [
        ("+0.1 points", "−0.1 points", []),
        ("−0.1 points", "+0.1 points", ["−0.1 points", "+0.1 points"]),
        ("+1.3 points", "−0.1 points", ["+1.3 points"]),
    ],
)
def test_a_table_laid_out_line_by_line_is_read_cell_by_cell(median, usual, wrong):
    assert unproved(Document.of_text(WIDE.format(median=median, usual=usual))) == wrong


@pytest.mark.parametrize(
    ("metric", "text", "said"),
    [
        ("dispersion", "the gap between first and last", True),
        ("rsi", "the gap between first and last", False),
        ("july_hit_rate", "it rose in July 64% of the time", True),
        ("july_hit_rate", "it rose 64% of the time", False),
        ("beta", "a beta of 1.2", True),
        ("beta", "up 1.2%", False),
        ("unheard_measure", "nothing of the kind", False),
        ("unheard_measure", "the unheard of", True),
        ("return", "anything", True),
    ],
)
def test_a_metric_must_be_named_in_its_words(metric, text, said):
    assert measured(metric, text) is said
