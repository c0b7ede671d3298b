"""Figures of companies and funds, and the weights of sectors."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.collect.providers.yahoo.beside import Evening, Reader, Row
from newsletter.collect.providers.yahoo.words import number, symbol, words
from newsletter.collect.reference import FIELDS

_KEYS: Mapping[str, tuple[str, float]] = {
    **{key: to for key, to in FIELDS.items() if key[0].islower()},  # as yfinance names them
    "epsTrailingTwelveMonths": ("eps_trailing", 1.0),
    "regularMarketPrice": ("price", 1.0),
}
_TOGETHER = 100  # symbols in one question about quotes
_WHOLE = (95.0, 105.0)
_MOST_WEIGHTS = 105.0


def fundamentals(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield valuation, earnings a share and market value of the members and funds.

    `Ticker.info` takes three requests for a company; yfinance's own way to the quotes, with
    its cookie and crumb, takes one for a hundred. Share counts are left alone: Yahoo's stand
    still for months.
    """
    from yfinance.const import _QUERY1_URL_
    from yfinance.data import YfData

    data = YfData(session=evening.session)

    def ask(names: tuple[str, ...]) -> Any:
        found = data.get_raw_json(
            f"{_QUERY1_URL_}/v7/finance/quote",
            params={"symbols": ",".join(names), "formatted": "false", "region": "US"},
        )
        return found["quoteResponse"]["result"]

    wanted = tuple(dict.fromkeys((*evening.members, *evening.funds)))
    parts = [wanted[at : at + _TOGETHER] for at in range(0, len(wanted), _TOGETHER)]
    for names, quotes in evening.each(parts, ask):
        for quote in quotes:
            name = quote.get("symbol")
            if name not in names or quote.get("currency", "USD") != "USD":
                continue
            for key, (field, factor) in _KEYS.items():
                value = number(quote.get(key), field, factor)
                if evening.sane(value, quote.get(key)):
                    yield "fundamentals", (name, field, value)


def funds(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield sector weights, the ten largest holdings and the valuation of the funds."""
    import yfinance as yf

    def ask(name: str) -> Any:
        data = yf.Ticker(name, session=evening.session).get_funds_data()
        return data.sector_weightings, data.top_holdings, data.equity_holdings[name]

    for name, (sectors, largest, valued) in evening.each(evening.funds, ask):
        named = {_spelt(key): share for key, share in sectors.items()}
        yield from _weights(evening, "sector", name, named)
        held = dict(zip(map(symbol, largest.index), largest["Holding Percent"], strict=True))
        yield from _weights(evening, "holding", name, held)
        for label, field in (("Price/Earnings", "holdings_pe"), ("Price/Book", "holdings_pb")):
            value = number(valued.get(label), "weight")
            # Yahoo states them the wrong way up: earnings and book value over price.
            if value is not None and 0.001 < value < 1:
                yield "fundamentals", (name, field, 1 / value)


def sectors(evening: Evening) -> Iterator[tuple[str, Row]]:
    """Yield the weights of the sectors in the market and of the industries in each."""
    import yfinance as yf
    from yfinance.const import SECTOR_INDUSTY_MAPPING_LC

    def ask(key: str) -> Any:
        sector = yf.Sector(key, session=evening.session)
        return sector.name, sector.overview["market_weight"], sector.industries

    whole: dict[str, Any] = {}
    for _, (name, weight, parts) in evening.each(sorted(SECTOR_INDUSTY_MAPPING_LC), ask):
        sector = words(name)
        whole[sector] = weight
        industries = {words(part): share for part, share in
                      zip(parts["name"], parts["market weight"], strict=True)}  # fmt: skip
        yield from _weights(evening, "industry", sector, industries, whole=True)
    yield from _weights(evening, "sector", "us_market", whole, whole=True)


def _weights(
    evening: Evening, kind: str, of: str, shares: Mapping[str, Any], *, whole: bool = False
) -> Iterator[tuple[str, Row]]:
    """Yield weights in percent, or none where together they cannot be those of one whole."""
    found = {}
    for part, share in shares.items():
        value = number(share, "weight", 100.0)
        if part and evening.sane(value, share) and value:
            found[part] = value
    low, high = _WHOLE if whole else (0.0, _MOST_WEIGHTS)
    if found and not low <= sum(found.values()) <= high:
        evening.implausible += len(found)
        return
    for part, value in found.items():
        yield "weights", (kind, of, part, value)


def _spelt(key: object) -> str:
    """Return a sector as Yahoo prints it: ``consumer_cyclical``, ``realestate``."""
    plain = re.sub(r"[^a-z_]", "", str(key).lower())
    return {"realestate": "Real Estate"}.get(plain, plain.replace("_", " ").title())


READERS: Mapping[str, Reader] = {"fundamentals": fundamentals, "funds": funds, "sectors": sectors}
