"""Highest or lowest close since when: the phrase that commentary most often gets wrong."""

from collections.abc import Iterator

from newsletter.compute.make import Maker
from newsletter.compute.market import Market
from newsletter.compute.precedents import extreme_since
from newsletter.compute.signal import Output, measure


@measure("since")
def since(market: Market) -> Iterator[Output]:
    """Return ``VIX.lowest_close_since.date`` and ``IWM.highest_close_since.date``.

    Formula
    -------
    Highest since: the last earlier session whose price close is at or above today's;
    lowest since: at or below. Stated only when it lies at least 21 sessions back.

    Source
    ------
    Plain reading of the phrase, on closes.

    Example
    -------
    2020-03-16: SPY's close of 239.85 was its lowest since 2018-12-24.

    Limits
    ------
    Where no close of the whole sample is as high, that is a record (see ``highs``) or a
    sample too short, and the fact is absent. Missing closes in between make the fact
    ``estimated``, more than 1 % of them make it absent.
    """
    make = Maker(market, since.formula)
    for symbol in market.universe.symbols:
        closes = market.prices(symbol).to_numpy()
        subject = make.instrument(symbol)
        for which in ("highest", "lowest"):
            yield extreme_since(
                make, f"{subject.id}.{which}_close_since.date", subject,
                which=which, what="close", kind="price", values=closes,
            )  # fmt: skip
