"""Price-earnings ratios: the members, their sectors, the giants, mid and small caps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from newsletter.compute.arrays import Array, Mask
from newsletter.compute.facts import Fact, Period, Sample
from newsletter.compute.holdings import (
    Fundamentals,
    classes_of,
    group_subject,
    index_subject,
    one_per_company,
    sourced,
    weights_of,
)
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.signal import Absent, Output, measure
from newsletter.config import plain
from newsletter.units import Unit

BASES = ("trailing", "forward")
AGREE = 0.05
SIZES = (("sp400", "the S&P 400 mid caps"), ("sp600", "the S&P 600 small caps"))


@measure("valuation", lookback=1)
def valuation(market: Market) -> Iterator[Output]:
    """Return ``sp500.{trailing,forward}_pe_{profitable,all,median,equal}.snapshot`` and kin.

    Formula
    -------
    Earnings of a company = market cap / P/E, on the snapshot's own prices and not
    today's. ``pe_profitable``: Σ cap / Σ earnings, companies with a loss left out of both
    sums. ``pe_all``: the same sums with loss makers and their losses, for groups that have
    any. ``pe_median``
    and ``pe_equal`` (harmonic mean) weigh each profitable company alike;
    ``pe_equal_discount`` = ``100 · (1 − equal / profitable)``. Also by sector, for the
    mega caps, each of them (``trailing_pe``), the members without them, and
    ``mega_caps.*_pe_premium = 100 · (PE giants / PE others − 1)``; mid and small caps'
    ``pe_discount = 100 · (1 − PE / PE of the members)``, all on ``pe_profitable``.
    ``loss_makers``/``expected_loss_makers`` and ``pe_known`` are shares of n/N.

    Source
    ------
    Total cap over total earnings: the index providers' convention (S&P Dow Jones Indices,
    "Index Mathematics Methodology"), here by full and not float-adjusted caps.

    Example
    -------
    2026-07-02, snapshot of 2026-06-29: S&P 500 members at 27.1 times trailing and 18.9
    times forward earnings of those that earn money; 21 of 485 made a loss.

    Limits
    ------
    Trailing is the provider's last four quarters, forward its consensus of the next
    fiscal year; providers differ. A loss is a negative P/E or EPS, or a blank P/E with a
    negative profit margin; where its size is unknown ``pe_all`` is absent. A P/E more
    than 5 % off the same snapshot's price / EPS is left out. Share classes count once.
    Absent below `minimum_coverage`. Snapshots age: stale after 45, unused after 200 days.
    """
    make = Maker(sourced(market, "fundamentals", bars=False), valuation.formula)
    symbols = one_per_company(market.members.symbols)
    if not symbols or market.table("fundamentals").empty:
        for basis in BASES:
            yield Absent(
                f"{market.members.id}.{basis}_pe_profitable.snapshot",
                "No fundamentals of the members are known.",
            )
        return
    table = Fundamentals(market, symbols)
    whole = np.ones(len(symbols), bool)
    sectors = list(classes_of(market, symbols, "sector").groups())
    for basis in BASES:
        book = _read(table, basis)
        teller = _Teller(make, book, basis)
        yield from teller.aggregates(index_subject(market), whole)
        yield from teller.spread_out(index_subject(market))
        for name, members in sectors:
            yield from teller.aggregates(group_subject(market, name), members)
        yield from _giants(teller, symbols)
        yield from _sizes(teller)


@dataclass(frozen=True, eq=False)
class _Book:
    """Caps, P/Es, losses and earnings of companies on one basis, in their order."""

    caps: Array
    pe: Array
    loss: Mask
    earnings: Array
    period: Period | None
    quality: str
    doubtful: Mask

    @property
    def known(self) -> Mask:
        """Companies that are known to earn money at some P/E, or to make a loss."""
        known: Mask = np.isfinite(self.caps) & (np.isfinite(self.pe) | self.loss)
        return known


def _read(table: Fundamentals, basis: str) -> _Book:
    ratio = f"{basis}_pe"
    figures = table.read("market_cap", ratio, also=("price", "eps_trailing", "profit_margin"))
    caps, pe = figures["market_cap"], figures[ratio]
    pe = np.where(pe == 0, np.nan, pe)
    loss: Mask = pe < 0
    doubtful = np.zeros(len(pe), bool)
    earnings = caps / pe
    if basis == "trailing":
        price, eps, margin = (figures[f] for f in ("price", "eps_trailing", "profit_margin"))
        own = np.divide(eps, price, out=np.full(len(pe), np.nan), where=price > 0)
        doubtful = np.isfinite(pe) & (np.abs(pe * own - 1.0) > AGREE)
        pe = np.where(doubtful, np.nan, pe)
        loss = ~doubtful & ((pe < 0) | (own < 0) | (np.isnan(pe) & np.isnan(own) & (margin < 0)))
        earnings = np.where(np.isfinite(pe), caps / pe, caps * own)
    return _Book(caps, pe, loss, earnings, figures.period, figures.quality, doubtful)


class _Teller:
    """Makes the facts of one basis, with the coverage gate."""

    def __init__(self, make: Maker, book: _Book, basis: str) -> None:
        self.make, self.book, self.basis = make, book, basis
        self.needed = make.market.universe.breadth.minimum_coverage

    def fact(
        self, subject: Subject, what: str, value: float, missing: str,
        *, unit: Unit = Unit.RATIO, kind: str = "statistic", sample: Sample | None = None,
    ) -> Fact | Absent:  # fmt: skip
        """Make one fact of the snapshot."""
        stem = f"{subject.id}.{what}.snapshot"
        if self.book.period is None:
            return Absent(stem, f"No {self.basis} P/E is known from a snapshot young enough.")
        return self.make.fact(
            stem, float("nan") if missing else value, unit, subject=subject, metric=what,
            kind=kind, period=self.book.period, missing=missing or "The earnings sum to no gain.",
            sample=sample, quality=self.book.quality, places=1,
        )  # fmt: skip

    def gate(self, members: Mask) -> str:
        """Say why nothing is stated of a group; empty where it may be."""
        covered, of = int((members & self.book.known).sum()), int(members.sum())
        if covered and covered >= self.needed * of:
            return ""
        doubtful = int((members & self.book.doubtful).sum())
        more = f" {doubtful} differ from price / EPS by more than 5 %." if doubtful else ""
        return f"{covered} of {of} companies have a usable {self.basis} P/E.{more}"

    def aggregate(self, members: Mask, *, losers: bool) -> float:
        """Return total cap over total earnings, NaN where earnings are not above zero."""
        book = self.book
        take = members & book.known & (losers | ~book.loss)
        earned = float(book.earnings[take].sum())
        return float(book.caps[take].sum()) / earned if earned > 0 else float("nan")

    def aggregates(self, subject: Subject, members: Mask) -> Iterator[Output]:
        """Yield a group's P/E without and, where there are any, with loss makers."""
        everyone = bool(members.all())
        missing = self.gate(members)
        profitable = self.aggregate(members, losers=False)
        stem = f"{self.basis}_pe"
        yield self.fact(subject, f"{stem}_profitable", profitable, missing)
        if not everyone and not (members & self.book.known & self.book.loss).any():
            return
        unstated = members & self.book.loss & ~np.isfinite(self.book.earnings)
        if not missing and unstated.any():
            missing = f"The size of {int(unstated.sum())} companies' losses is not known."
        yield self.fact(subject, f"{stem}_all", self.aggregate(members, losers=True), missing)

    def spread_out(self, subject: Subject) -> Iterator[Output]:
        """Yield the members' median, equal weights, coverage and share of loss makers."""
        book, stem, everyone = self.book, f"{self.basis}_pe", np.ones(len(self.book.pe), bool)
        missing, known = self.gate(everyone), book.known
        ratios = book.pe[known & ~book.loss]
        if len(ratios) == 0:
            missing = missing or "No company earns money."
            ratios = np.array([np.nan])
        equal = float(1.0 / np.mean(1.0 / ratios))
        discount = 100.0 * (1.0 - equal / self.aggregate(everyone, losers=False))
        yield self.fact(subject, f"{stem}_median", float(np.median(ratios)), missing)
        yield self.fact(subject, f"{stem}_equal", equal, missing)
        yield self.fact(subject, f"{stem}_equal_discount", discount, missing,
                        unit=Unit.PERCENT, kind="level")  # fmt: skip
        losers = "loss_makers" if self.basis == "trailing" else "expected_loss_makers"
        for what, hits, of in (
            (f"{stem}_known", int(known.sum()), len(known)),
            (losers, int((known & book.loss).sum()), int(known.sum())),
        ):
            yield self.fact(
                subject, what, 100.0 * hits / of if of else float("nan"), missing,
                unit=Unit.PERCENT,
                sample=Sample(hits, of, book.period.end) if book.period else None,
            )  # fmt: skip


def _giants(teller: _Teller, symbols: Sequence[str]) -> Iterator[Output]:
    market, stem = teller.make.market, f"{teller.basis}_pe"
    giants = [s for s in market.universe.mega_caps if s in symbols]
    if not giants:
        return
    for symbol in giants:
        at = symbols.index(symbol)
        subject, doubt = teller.make.instrument(symbol), bool(teller.book.doubtful[at])
        reason = f"The P/E of {plain(symbol)} and its price / EPS differ by more than 5 %."
        unknown = f"No {teller.basis} P/E above zero of {plain(symbol)} is known."
        value = float(teller.book.pe[at])
        missing = reason if doubt else "" if value > 0 else unknown
        yield teller.fact(subject, stem, value, missing)
    within = np.isin(np.array(symbols), giants)
    label = market.members.label.removesuffix(" members")
    top = Subject("mega_caps", "the mega caps", tuple(giants))
    rest = Subject(f"{market.members.id}_ex_mega_caps", f"the {label} without the mega caps",
                   (market.members.id, *giants))  # fmt: skip
    yield from teller.aggregates(top, within)
    yield from teller.aggregates(rest, ~within)
    theirs, others = (teller.aggregate(m, losers=False) for m in (within, ~within))
    yield teller.fact(
        top, f"{stem}_premium", 100.0 * (theirs / others - 1.0),
        teller.gate(within) or teller.gate(~within), unit=Unit.PERCENT, kind="level",
    )  # fmt: skip


def _sizes(teller: _Teller) -> Iterator[Output]:
    make = teller.make
    whole = np.ones(len(teller.book.pe), bool)
    members = teller.aggregate(whole, losers=False)
    stem = f"{teller.basis}_pe"
    for fund, name in SIZES:
        subject, lines = Subject(fund, name, (fund, make.market.members.id)), None
        if fund != make.market.members.id:
            lines = weights_of(make.market, fund)
        if lines is None:
            continue
        symbols = one_per_company(lines.symbols)
        other = _Teller(make, _read(Fundamentals(make.market, symbols), teller.basis), teller.basis)
        all_of_them = np.ones(len(symbols), bool)
        value = other.aggregate(all_of_them, losers=False)
        missing = other.gate(all_of_them)
        yield other.fact(subject, f"{stem}_profitable", value, missing)
        yield other.fact(
            subject, f"{stem}_discount", 100.0 * (1.0 - value / members),
            missing or teller.gate(whole), unit=Unit.PERCENT, kind="level",
        )  # fmt: skip
