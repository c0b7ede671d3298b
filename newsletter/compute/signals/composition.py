"""Who is at the top: industry groups among the best fifty, and how heavy the largest are."""

import math
import re
from collections.abc import Iterator

import numpy as np

from newsletter.compute.arrays import TIE, Array, Mask, change
from newsletter.compute.case import Words
from newsletter.compute.facts import Period, Sample
from newsletter.compute.holdings import (
    classes_of,
    company,
    group_subject,
    index_subject,
    one_per_company,
    sourced,
    weights_of,
    worst,
)
from newsletter.compute.make import Maker, Subject
from newsletter.compute.market import Market
from newsletter.compute.roster import Roster
from newsletter.compute.signal import Absent, Output, measure
from newsletter.units import Unit

TOP = 50
LEAST = 5
CHANCE = 0.05
WINDOWS = ("1m", "ytd", "1y")
GROUPS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("property trusts", r"\breits?\b"),
        ("chip companies", r"semiconductor"),
        ("software companies", r"software"),
        (
            "hardware makers",
            r"hardware|communications? equip|consumer electronics$|electronic [cem]",
        ),
        ("capital-market firms", r"capital markets|asset management|exchange|brokerage"),
        ("banks", r"\bbanks\b"),
        ("insurers", r"insurance"),
        ("utility companies", r"utilit|power producers"),
        ("oil and gas companies", r"oil & gas"),
        ("drug makers", r"drug manufacturers|biotech|pharmaceuticals"),
        ("medical suppliers", r"medical|health care (?:equipment|supplies)|diagnostics|life sci"),
        ("retailers", r"retail|stores"),
        ("aerospace and defense companies", r"aerospace"),
        ("travel companies", r"airlines|hotels|lodging|resorts|travel|casinos"),
        ("food and drink companies", r"food|beverages|confectioners|brewers|distillers"),
        ("machinery makers", r"machinery"),
        ("chemical companies", r"chemicals|gases"),
        ("home builders", r"homebuilding|residential construction|building products"),
    )
)
"""Named groups by their industries' names; the first that matches takes an industry."""


@measure("composition", lookback=260)
def composition(market: Market) -> Iterator[Output]:
    """Return ``sp500_chip_companies.top_50_count.ytd`` and ``sp500.top_10_weight.snapshot``.

    Formula
    -------
    The members' best fifty by total return over 1m, ytd, 1y: of the named industry groups
    with at least five members, the one whose count there is least likely if fifty were
    drawn blindly, ``P(X ≥ k)`` hypergeometric with k of 50 against K of N.
    ``top_50_group`` names it; ``top_50_count`` (k of 50), ``universe_share`` (K of N) and
    ``top_50_chance`` (that probability, percent) prove it. Weights: ``top_5_weight``,
    ``top_10_weight`` sum the heaviest lines, ``mega_caps.weight`` all share classes of
    the mega caps, ``sp500_technology.weight`` each sector; ``effective_number`` =
    ``1 / Σ w²``.

    Source
    ------
    Hypergeometric test of over-representation (R. A. Fisher); effective number: inverse
    of the Herfindahl-Hirschman index.

    Example
    -------
    2026-07-02, ytd: 10 of the best 50 are chip companies, which are 17 of 497 members; a
    blind draw does that with probability 5e-7. Ten lines weighed 37.6 % on 2026-06-19.

    Limits
    ------
    The group is picked as the most striking of those named, so it is stated only where
    the chance times the number of groups tried is at most 5 % (Bonferroni). Industries
    are GICS sub-industries where known, else Yahoo's. Members are those of one list: past
    winners are in it because they won. Companies of one industry move together, so the
    chance is no measure of luck. Share classes count once in rankings; in the weights
    lines are lines. Absent below
    `minimum_coverage`; sector weights are ``estimated`` where a line's sector is unknown
    (it counts nowhere), all weights stale after 45 days, unused after 200.
    """
    yield from _tops(Maker(sourced(market, "classes"), composition.formula))
    weighed = sourced(market, "holdings", "classes", bars=False)
    yield from _weights(Maker(weighed, composition.formula))


def hypergeometric_tail(hits: int, drawn: int, marked: int, total: int) -> float:
    """Return the probability of at least `hits` marked ones in a blind draw.

    Parameters
    ----------
    hits, drawn, marked, total : int
        k of n drawn, K of N there are.

    Examples
    --------
    >>> round(hypergeometric_tail(1, 1, 1, 4), 9)
    0.25
    """

    def choose(of: int, count: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(count + 1) - math.lgamma(of - count + 1)

    terms = (
        math.exp(choose(marked, k) + choose(total - marked, drawn - k) - choose(total, drawn))
        for k in range(max(hits, drawn - (total - marked), 0), min(drawn, marked) + 1)
    )
    return min(math.fsum(terms), 1.0)


def group_of(industry: str) -> str:
    """Return the named group of an industry, empty where it belongs to none."""
    return next((name for name, pattern in GROUPS if pattern.search(industry.lower())), "")


def _tops(make: Maker) -> Iterator[Output]:
    market = make.market
    symbols = one_per_company(market.members.symbols)
    classes = classes_of(market, symbols, "industry")
    if not classes.scheme:
        for window in WINDOWS:
            yield Absent(
                f"{market.members.id}.top_{TOP}_group.{window}",
                "The industries of too few members are known.",
            )
        return
    known, at = np.unique(classes.names, return_inverse=True)
    groups = np.array([group_of(str(industry)) for industry in known], dtype=np.str_)[at]
    closes = market.matrix(symbols, "total", rows=260)
    for window in WINDOWS:
        period = make.window(window)
        row = market.row(period.start) - len(market.sessions) + len(closes) if period else 0
        returns = change(closes[-1], closes[row])
        yield from _top(make, window, period, returns, groups)


def _top(
    make: Maker, window: str, period: Period | None, values: Array, groups: Words
) -> Iterator[Output]:
    subject, missing = index_subject(make.market), ""
    fact_id = f"{subject.id}.top_{TOP}_group.{window}"
    known = np.isfinite(values)
    order = np.argsort(-values[known], kind="stable")
    ranked, named = values[known][order], groups[known][order]
    needed = make.market.universe.breadth.minimum_coverage * len(values)
    if period is None:
        missing = "History does not reach back that far."
    elif len(ranked) < max(needed, 2 * TOP):
        missing = f"{len(ranked)} of {len(values)} members can be ranked."
    elif abs(ranked[TOP - 1] - ranked[TOP]) <= TIE * abs(ranked[TOP]):
        missing = f"The members tie for place {TOP}."
    found = None if missing else _striking(named)
    if found is None:
        reason = f"No industry group is so frequent in the top {TOP} that chance is unlikely."
        yield Absent(fact_id, missing or reason)
        return
    name, hits, marked, chance = found
    since = period.start if period else make.market.session.date
    group = group_subject(make.market, name)
    for who, what, value, unit, kind, sample in (
        (subject, f"top_{TOP}_group", name, Unit.STATE, "state", None),
        (group, f"top_{TOP}_count", float(hits), Unit.COUNT, "count", Sample(hits, TOP, since)),
        (group, "universe_share", 100.0 * marked / len(named), Unit.PERCENT, "statistic",
         Sample(marked, len(named), since)),
        (group, f"top_{TOP}_chance", 100.0 * chance, Unit.PERCENT, "statistic", None),
    ):  # fmt: skip
        yield make.fact(
            f"{who.id}.{what}.{window}", value, unit, subject=who, metric=what, kind=kind,
            period=period, sample=sample, quality=Roster(make.market).quality(since),
            places=4 if what.endswith("chance") else None,
        )  # fmt: skip


def _striking(ranked: Words) -> tuple[str, int, int, float] | None:
    """Return the group least likely to be so frequent at the top, if that is unlikely."""
    names, counts = np.unique(ranked[ranked != ""], return_counts=True)
    tried = [(str(n), int(c)) for n, c in zip(names, counts, strict=True) if c >= LEAST]
    cases = []
    for name, marked in tried:
        hits = int((ranked[:TOP] == name).sum())
        cases.append((hypergeometric_tail(hits, TOP, marked, len(ranked)), name, hits, marked))
    if not cases or min(cases)[0] * len(tried) > CHANCE:
        return None
    chance, name, hits, marked = min(cases)
    return name, hits, marked, chance


def _weights(make: Maker) -> Iterator[Output]:
    market, subject = make.market, index_subject(make.market)
    weights = weights_of(market, market.members.id)
    if weights is None:
        for what in ("top_5_weight", "top_10_weight", "effective_number"):
            yield Absent(f"{subject.id}.{what}.snapshot", "No weights young enough are known.")
        return
    heaviest = np.sort(weights.shares)[::-1]
    giants = {company(symbol) for symbol in market.universe.mega_caps}
    theirs: Mask = np.array([company(symbol) in giants for symbol in weights.symbols])
    told: list[tuple[Subject, str, float, Unit]] = [
        (subject, f"top_{n}_weight", 100.0 * float(heaviest[:n].sum()), Unit.PERCENT)
        for n in (5, 10)
    ]
    told.append((subject, "effective_number", float(1.0 / (weights.shares**2).sum()), Unit.NUMBER))
    if theirs.any():
        top = Subject("mega_caps", "the mega caps", market.universe.mega_caps)
        told.append((top, "weight", 100.0 * float(weights.shares[theirs].sum()), Unit.PERCENT))
    classes = classes_of(market, weights.symbols, "sector")
    partial = "estimated" if (classes.names == "").any() else "ok"
    for name, members in classes.groups():
        share = 100.0 * float(weights.shares[members].sum())
        told.append((group_subject(market, name), "weight", share, Unit.PERCENT))
    for who, what, value, unit in told:
        rough = partial if what == "weight" and who.id != "mega_caps" else "ok"
        yield make.fact(
            f"{who.id}.{what}.snapshot", value, unit, subject=who, metric=what, kind="statistic",
            period=weights.period, quality=worst(weights.quality, rough),
            places=0 if unit is Unit.NUMBER else None,
        )  # fmt: skip
